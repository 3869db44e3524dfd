package lab

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"
)

// newWinRM is a client that nobody here wrote, with its sealed NTLM.
func newWinRM(t *testing.T, h *Host) *winrm.Client {
	t.Helper()
	parameters := winrm.NewParameters("PT60S", "en-US", 153600)
	parameters.TransportDecorator = func() winrm.Transporter {
		e, err := winrm.NewEncryption("ntlm")
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	endpoint := winrm.NewEndpoint(h.Addr, h.HTTPPort, false, false, nil, nil, nil, 10*time.Second)
	c, err := winrm.NewClientWithParameters(endpoint, h.User, h.Password, parameters)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMasterzenRunsACommandSealed(t *testing.T) {
	h := start(t, "healthy", nil)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for line, want := range map[string]struct {
		out  string
		code int
	}{
		"hostname": {"WIN01\r\n", 0}, "whoami": {`win01\alice` + "\r\n", 0}, "echo a b": {"a b\r\n", 0}, "nonsense": {"", 1},
	} {
		var out, errs strings.Builder
		code, err := newWinRM(t, h).RunWithContext(ctx, line, &out, &errs)
		if err != nil || code != want.code || out.String() != want.out {
			t.Errorf("%s: %q, %d, %v", line, out.String(), code, err)
		}
		if code == 1 && !strings.Contains(errs.String(), "is not recognized") {
			t.Errorf("%s: stderr %q", line, errs.String())
		}
	}
	if s := h.Stats(); s.OpenShells != 0 || s.Failed() != 0 {
		t.Errorf("shells left %d, failed logons %v", s.OpenShells, s.FailedLogons)
	}
}

func TestShellsCountAgainstTheQuota(t *testing.T) {
	h := start(t, "healthy", func(c *Config) { c.MaxShells = 2 })
	c := newWinRM(t, h)
	var shells []*winrm.Shell
	for range 2 {
		s, err := c.CreateShell()
		if err != nil {
			t.Fatal(err)
		}
		shells = append(shells, s)
	}
	if _, err := c.CreateShell(); err == nil {
		t.Error("a third shell")
	}
	if n := h.Stats().OpenShells; n != 2 {
		t.Errorf("%d shells", n)
	}
	for _, s := range shells {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := h.Stats().OpenShells; n != 0 {
		t.Errorf("%d shells left", n)
	}
	if _, err := c.CreateShell(); err != nil {
		t.Error(err)
	}
}
