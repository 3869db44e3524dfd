package certs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"
)

// readFIPSFolder tells the re-executed test binary where its files are.
const readFIPSFolder = "PSTEST_CERTS_FIPS_FOLDER"

// TestReadUnderFIPS reads old and new PFX files in a process in which strict
// FIPS 140-3 mode forbids their ciphers to everyone else.
func TestReadUnderFIPS(t *testing.T) {
	m, folder := mint(t, Spec{}), t.TempDir()
	for name, encoder := range map[string]*pkcs12.Encoder{"rc2": pkcs12.LegacyRC2, "3des": pkcs12.LegacyDES, "aes": pkcs12.Modern2023, "pbmac1": pkcs12.Modern2026} {
		data, err := encoder.Encode(m.PrivateKey, m.Leaf, nil, "x")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestReadFIPSChild$", "-test.v")
	cmd.Env = append(os.Environ(), "GODEBUG=fips140=only", readFIPSFolder+"="+folder)
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), "read: ") != 4 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestReadFIPSChild(t *testing.T) {
	folder := os.Getenv(readFIPSFolder)
	if folder == "" {
		t.Skip("only in the child")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Read(data, ReadOptions{Password: given("x")})
		if err != nil || b.Key.Matches != MatchYes {
			t.Errorf("%s: %+v, %v", name, b.Key, err)
			continue
		}
		t.Logf("read: %s", name)
	}
}
