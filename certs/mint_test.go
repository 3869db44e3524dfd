package certs

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/tls"
	"encoding/pem"
	"net"
	"reflect"
	"testing"
	"time"
)

func pemOf(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// everySpec is a Spec of each kind that can be minted.
func everySpec() []Spec {
	return []Spec{
		{}, {CNOnly: true}, {DNSNames: []string{host, "win01"}}, {IPs: []net.IP{net.IPv6loopback}},
		{Kind: KindSelfSigned}, {Kind: KindUnknownCA}, {Kind: KindIntermediate}, {Kind: KindMissingIntermediate}, {Kind: KindExpiredIntermediate},
		{EKU: EKUClient}, {EKU: EKUNone}, {EKU: EKUBoth}, {KeyBits: 1024}, {KeyType: "ECDSA"}, {KeyType: "ECDSA", KeyBits: 384},
		{Kind: KindSelfSigned, KeyType: "ECDSA"}, {SHA1: true}, {Hash: crypto.SHA384}, {Hash: crypto.SHA512}, {NegativeSerial: true},
		{MustStaple: true}, {CRLs: []string{"http://a.invalid"}}, {OCSP: []string{"http://a.invalid"}},
		{Staple: StapleGood}, {Staple: StapleRevoked}, {Staple: StapleUnknown}, {Staple: StapleExpired}, {Staple: StapleInvalid},
		{Staple: StapleGood, Kind: KindIntermediate}, {NotBefore: lastYear}, {NotAfter: nextYear},
	}
}

// TestMintIsDeterministic mints everything twice, the second time with the
// defaults spelt out, and asks for serial numbers that differ between specs.
func TestMintIsDeterministic(t *testing.T) {
	serials := map[string]Spec{}
	for _, s := range everySpec() {
		s.CN = host
		a := mint(t, s)
		s2 := s.filled()
		s2.NotBefore = s2.NotBefore.In(time.FixedZone("", 3600)).Add(time.Millisecond)
		b := mint(t, s2)
		if !reflect.DeepEqual(a.Certificate, b.Certificate) || !bytes.Equal(a.OCSPStaple, b.OCSPStaple) {
			t.Errorf("%+v: minted twice, differs", s)
		}
		serial := string(parse(a.Certificate[0]).cert.SerialNumber.Bytes())
		if other, ok := serials[serial]; ok {
			t.Errorf("%+v has the serial of %+v", s, other)
		}
		serials[serial] = s
	}
	if !bytes.Equal(MintCA(), MintCA()) {
		t.Error("the root differs from call to call")
	}
}

// TestMintedKeysFit makes a handshake with every chain that Go parses: the
// private key is that of the leaf, and the staple reaches the client.
func TestMintedKeysFit(t *testing.T) {
	for _, s := range everySpec() {
		if s.NegativeSerial || fips140.Enforced() && s.KeyBits == 1024 {
			continue // Go's TLS refuses it
		}
		m := mint(t, s)
		state, err := handshake(t, m)
		if err != nil {
			t.Errorf("%+v: %v", s, err)
			continue
		}
		if len(state.PeerCertificates) != len(m.Certificate) || !bytes.Equal(state.PeerCertificates[0].Raw, m.Certificate[0]) || !bytes.Equal(state.OCSPResponse, m.OCSPStaple) {
			t.Errorf("%+v: served something else", s)
		}
	}
}

func handshake(t *testing.T, m tls.Certificate) (tls.ConnectionState, error) {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer far.Close()
		_ = tls.Server(far, &tls.Config{Certificates: []tls.Certificate{m}, SessionTicketsDisabled: true}).Handshake()
	}()
	client := tls.Client(near, &tls.Config{InsecureSkipVerify: true}) // what is served is looked at, not trusted
	err := client.HandshakeContext(t.Context())
	near.Close()
	<-done
	return client.ConnectionState(), err
}

func TestMintRefuses(t *testing.T) {
	for _, s := range []Spec{
		{}, {CNOnly: true, DNSNames: []string{host}}, {CN: host, KeyBits: 512}, {CN: host, KeyType: "DSA"}, {CN: host, Hash: crypto.MD5},
		{CN: host, Kind: "lost"}, {CN: host, EKU: "mail"}, {CN: host, Staple: "maybe"}, {CN: host, Staple: StapleGood, Kind: KindSelfSigned},
		{CN: host, NotBefore: nextYear, NotAfter: lastYear}, {CN: host, DNSNames: []string{"bücher.example"}},
	} {
		if m, err := Mint(s); err == nil || m.Certificate != nil {
			t.Errorf("%+v: %d certificates, error %v", s, len(m.Certificate), err)
		}
	}
}
