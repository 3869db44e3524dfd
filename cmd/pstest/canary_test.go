package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"pstest/lab"
)

// canary is the password that must never show.
const canary = "Canary-7q9Zx-password"

// disguises are the forms in which a password could leak: as it is, UTF-16LE,
// and both in base64 (at every alignment) and in hex.
func disguises(password string) map[string]string {
	var wide []byte
	for _, u := range utf16.Encode([]rune(password)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	out := map[string]string{}
	for name, raw := range map[string][]byte{"UTF-8": []byte(password), "UTF-16LE": wide} {
		out[name] = string(raw)
		out[name+" in hex"] = hex.EncodeToString(raw)
		for shift := range 3 {
			text := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), raw...))
			out[name+" in base64, shifted "+strconv.Itoa(shift)] = text[shift+1 : len(text)-2]
		}
	}
	return out
}

// TestPasswordNeverShows checks every scenario in every format, with the trace
// and with all that is allowed to send the password, and looks for it in all
// that comes out.
func TestPasswordNeverShows(t *testing.T) {
	var wait sync.WaitGroup
	slots := make(chan struct{}, 8) // most scenarios wait for silence, and not for a processor
	for _, sc := range lab.Scenarios() {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			neverShows(t, sc)
		})
	}
	wait.Wait()
}

func neverShows(t *testing.T, sc lab.Scenario) {
	h, err := lab.Start(t.Context(), sc, lab.Options{Password: canary})
	if errors.Is(err, errors.ErrUnsupported) {
		return
	}
	if err != nil {
		t.Error(err)
		return
	}
	defer h.Close()
	if h.Password == "" {
		return // the scenario is about having none
	}
	for _, extra := range [][]string{{"--format", "text", "--debug"}, {"--format", "json", "--debug", "--insecure", "--send-password-in-clear", "--try-unsealed"}} {
		silent(t, h, extra)
	}
}

// silent runs one check and looks for the password in its output, and in what
// explain makes of a saved one.
func silent(t *testing.T, h *lab.Host, extra []string) {
	t.Helper()
	dir := t.TempDir()
	password, ca := filepath.Join(dir, "pw"), filepath.Join(dir, "ca.pem")
	write(t, password, h.Password)
	write(t, ca, string(h.CAPEM))
	w, out, errs := testWorld("")
	run(t.Context(), append([]string{"check", "localhost", "--port-http", strconv.Itoa(max(h.HTTPPort, 1)), "--port-https", strconv.Itoa(max(h.HTTPSPort, 1)),
		"-u", h.User, "--password-file", password, "--cacert", ca, "--timeout", "2s"}, extra...), w)
	if out.Len() == 0 {
		t.Errorf("%s %v: nothing was printed; stderr %s", h.Name, extra, errs)
	}
	look(t, h.Name, out.String()+errs.String(), h.Password)
	if slices.Contains(extra, "json") {
		again, text, errs := testWorld(out.String())
		run(t.Context(), []string{"explain", "-"}, again)
		look(t, h.Name, text.String()+errs.String(), h.Password)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func look(t *testing.T, scenario, text, password string) {
	t.Helper()
	for name, form := range disguises(password) {
		if i := strings.Index(strings.ToLower(text), strings.ToLower(form)); i >= 0 {
			t.Errorf("%s: the password shows as %s: ...%q...", scenario, name, text[max(0, i-80):min(len(text), i+len(form)+20)])
		}
	}
}

// TestDisguises: what the search looks for is really in what it is to be found in.
func TestDisguises(t *testing.T) {
	for prefix := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("u", prefix) + canary + ":more"))
		found := false
		for _, form := range disguises(canary) {
			found = found || strings.Contains(text, form)
		}
		if !found {
			t.Errorf("with %d letters before it the password is not found in %s", prefix, text)
		}
	}
}
