package probe

import (
	"os"
	"strings"
	"testing"
)

// TestPinnedModules guards two versions by name. masterzen/winrm's latest tag
// resolves to a version of 2021, and with it comes a go-ntlmssp that sends the
// Basic password in clear to a host that offers no NTLM.
func TestPinnedModules(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"github.com/Azure/go-ntlmssp v0.1.1\n", "github.com/masterzen/winrm v0.0.0-20260407182533-5570be7f80cf\n"} {
		if !strings.Contains(string(mod), want) {
			t.Errorf("go.mod lacks %q", want)
		}
	}
}
