package certs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestLoadRootsPKCS7: an authority's path as Windows and openssl export it.
func TestLoadRootsPKCS7(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("PSTEST_REQUIRE_INTEROP") == "1" {
			t.Fatal(err)
		}
		t.Skip("openssl is not here to make the file")
	}
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, MintCA(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"PEM", "DER"} {
		out := filepath.Join(dir, "ca.p7b")
		if text, err := exec.Command(openssl, "crl2pkcs7", "-nocrl", "-certfile", ca, "-outform", form, "-out", out).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		file, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if _, n, err := LoadRoots(file); err != nil || n == 0 {
			t.Errorf("%s: %d certificates, %v", form, n, err)
		}
	}
}
