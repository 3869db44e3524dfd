package wsman_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"

	"pstest/wsman"
)

// masterzenClient is that library's client with its default transport, held against h.
func masterzenClient(t *testing.T, h *scriptedHost) *winrm.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(u.Port())
	c, err := winrm.NewClient(winrm.NewEndpoint(u.Hostname(), port, false, false, nil, nil, nil, 10*time.Second), "bob", "canary")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMasterzenRunsACommand(t *testing.T) {
	h := &scriptedHost{}
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code, err := masterzenClient(t, h).RunWithContext(ctx, "echo ö & <tag>", &out, &errs)
	if err != nil || code != 0 || out.String() != "ö & <tag>" || errs.Len() != 0 {
		t.Errorf("code %d, stdout %q, stderr %q, error %v", code, out.String(), errs.String(), err)
	}
	for _, op := range []wsman.Operation{wsman.OpCreate, wsman.OpCommand, wsman.OpReceive, wsman.OpSignal, wsman.OpDelete} {
		if !slices.Contains(h.asked, op) {
			t.Errorf("the client never asked %s: %v", op, h.asked)
		}
	}
}

func TestMasterzenSendsInput(t *testing.T) {
	h := &scriptedHost{}
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code, err := masterzenClient(t, h).RunWithContextWithInput(ctx, "sort", &out, &errs, strings.NewReader("two\none\n"))
	if err != nil || code != 0 || out.String() != "two\none\n" {
		t.Errorf("code %d, stdout %q, stderr %q, error %v", code, out.String(), errs.String(), err)
	}
}

func TestMasterzenSeesExitCodeAndStderr(t *testing.T) {
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code, err := masterzenClient(t, &scriptedHost{}).RunWithContext(ctx, "nonsense", &out, &errs)
	if err != nil || code != 1 || !strings.Contains(errs.String(), "nonsense") {
		t.Errorf("code %d, stderr %q, error %v", code, errs.String(), err)
	}
}

func TestMasterzenSeesAFault(t *testing.T) {
	h := &scriptedHost{fault: &wsman.Fault{Subcode: "AccessDenied", WSManCode: 5, Reason: "Access is denied."}}
	_, err := masterzenClient(t, h).CreateShell()
	if err == nil || !strings.Contains(err.Error(), "error response") {
		t.Errorf("error %v, want the library's report of an error response", err)
	}
}
