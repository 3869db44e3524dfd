package certs

import (
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
)

func TestParsePin(t *testing.T) {
	const want = "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
	colons := strings.TrimSuffix(strings.Repeat("00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:", 2), ":")
	sum := []byte(strings.Repeat("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 2))
	for _, s := range []string{
		want, strings.ToLower(want), " " + want + "\r\n", colons, strings.ReplaceAll(colons, ":", " "), strings.ReplaceAll(colons, ":", "-"),
		"sha256:" + want, "SHA256: " + colons, "\u200e" + want, "sha256//" + base64.StdEncoding.EncodeToString(sum),
	} {
		if got, err := ParsePin(s); err != nil || got != want {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for s, part := range map[string]string{
		"": "64", "sha256:": "64", want[1:]: "64", want + "00": "64", want[:63] + "G": "64", "sha256//": "64", "sha256//!": "64",
		"sha1:" + want: "64", want[:40]: "SHA-1", "sha256//" + base64.StdEncoding.EncodeToString(sum[:31]): "64",
	} {
		if got, err := ParsePin(s); err == nil || got != "" || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
}

func TestLoadRoots(t *testing.T) {
	ca := string(MintCA())
	key := "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
	block, _ := pem.Decode(MintCA())
	for text, want := range map[string]int{
		ca: 1, "comment\n" + ca + key + ca: 2, string(block.Bytes): 1, strings.ReplaceAll(ca, "\n", "\r\n"): 1,
	} {
		if pool, n, err := LoadRoots([]byte(text)); err != nil || n != want || pool == nil {
			t.Errorf("%.60q: %d, %v", text, n, err)
		}
	}
	broken := strings.Replace(ca, "MII", "MIJ", 1)
	for text, part := range map[string]string{
		"": "no certificate", key: "no certificate", "hello": "no certificate", ca + broken: "certificate 2", broken: "certificate 1",
		ca[:len(ca)/2]: "certificate 1 is not proper PEM", ca + ca[:200] + "\n": "certificate 2 is not proper PEM", strings.Repeat("A", maxRootsFile+1): "longer",
	} {
		if pool, n, err := LoadRoots([]byte(text)); err == nil || n != 0 || pool != nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%.60q: %d, %v", text, n, err)
		}
	}
}
