package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pstest/probe"
)

// testWorld has no terminal, no environment and the given stdin.
func testWorld(in string) (w *world, out, errs *bytes.Buffer) {
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	w = &world{in: strings.NewReader(in), out: out, err: errs, getenv: func(string) string { return "" }, probe: probe.DefaultEnv(),
		openTTY: func() (*os.File, error) { return nil, errors.New("no terminal") }}
	w.probe.Getenv = w.getenv
	return w, out, errs
}

func TestNoTerminalToAskAt(t *testing.T) {
	w, out, errs := testWorld("")
	if got := run(t.Context(), []string{"check", "h.invalid", "-u", "alice"}, w); got != 2 {
		t.Errorf("status %d, want 2", got)
	}
	want := "pstest: no password for alice and no terminal to ask at; accepted: --password-file FILE, --password-stdin, PSTEST_PASSWORD, or a terminal to ask at\n"
	if errs.String() != want || out.Len() > 0 {
		t.Errorf("stderr %q, stdout %q", errs, out)
	}
}

func TestPasswords(t *testing.T) {
	for in, want := range map[string]string{
		"secret": "secret", "secret\n": "secret", "secret\r\n": "secret", " se cret \n": " se cret ", "pässwörd\n": "pässwörd", "a\tb": "a\tb",
	} {
		got, err := onePassword([]byte(in), "test")
		if err != nil || got.Reveal() != want {
			t.Errorf("%q: %q, %v; want %q", in, got.Reveal(), err, want)
		}
	}
	for in, want := range map[string]string{
		"": "is empty", "\n": "is empty", "\r\n": "is empty", "secret\n\n": "more than one line", "one\ntwo": "more than one line",
		"se\x00cret": "more than one line", "\xef\xbb\xbfsecret": "byte order mark", "s\xffecret": "not UTF-8", "\xff\xfes\x00": "byte order mark",
		strings.Repeat("s", maxPassword+1): "longer than 4096 bytes",
	} {
		_, err := onePassword([]byte(in), "test")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", in, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%.20q: the message shows the password: %v", in, err)
		}
	}
}

func TestEndlessPasswordFile(t *testing.T) {
	w, _, errs := testWorld("")
	w.in = endless{}
	if got := run(t.Context(), []string{"check", "h.invalid", "-u", "alice", "--password-stdin"}, w); got != 2 || !strings.Contains(errs.String(), "longer than 4096 bytes") {
		t.Errorf("status %d, %s", got, errs)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// TestBug: a panic is status 4 and one line to report, which does not show what
// the panic was about.
func TestBug(t *testing.T) {
	w, _, errs := testWorld("")
	w.probe.Now = func() time.Time { panic("hunter2") }
	if got := run(t.Context(), []string{"check", "127.0.0.1", "--port-http", "1", "--port-https", "1"}, w); got != 4 {
		t.Errorf("status %d, want 4", got)
	}
	text := errs.String()
	if !strings.HasPrefix(text, "pstest: a bug in pstest ") || !strings.Contains(text, "type string at pstest/run_test.go:") || strings.Contains(text, "hunter2") {
		t.Errorf("stderr: %s", text)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestUnwritableOutput(t *testing.T) {
	w, _, errs := testWorld("")
	w.out = failing{}
	if got := run(t.Context(), []string{"explain", "L37"}, w); got != 3 || errs.String() != "pstest: no space left on device\n" {
		t.Errorf("status %d, stderr %q", got, errs)
	}
}

// TestInterruptedCheck: what was found so far is printed.
func TestInterruptedCheck(t *testing.T) {
	w, out, _ := testWorld("")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := run(ctx, []string{"check", "127.0.0.1"}, w); got != 3 {
		t.Errorf("status %d, want 3", got)
	}
	if !strings.Contains(out.String(), "stopped early: interrupted") {
		t.Errorf("stdout: %s", out)
	}
}

// TestLab runs pstest lab as a program would, checks it, and ends it.
func TestLab(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, pipe := io.Pipe()
	w, _, errs := testWorld("")
	w.out = pipe
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"lab", "--json"}, w) }()
	var c card
	if err := json.NewDecoder(r).Decode(&c); err != nil {
		t.Fatalf("first line: %v; stderr %s", err, errs)
	}
	private(t, c.PasswordFile, 0o600)
	private(t, filepath.Dir(c.CA), 0o700)
	w2, out, errs2 := testWorld("")
	status := run(ctx, []string{"check", c.Host, "--port-http", strconv.Itoa(c.HTTPPort), "--port-https", strconv.Itoa(c.HTTPSPort),
		"-u", c.User, "--password-file", c.PasswordFile, "--cacert", c.CA}, w2)
	if status != 0 {
		t.Errorf("check: status %d\n%s%s", status, out, errs2)
	}
	cancel()
	if status := <-ended; status != 0 {
		t.Errorf("lab ended with %d", status)
	}
	if _, err := os.Stat(filepath.Dir(c.CA)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func private(t *testing.T, name string, mode os.FileMode) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != mode {
		t.Errorf("%s has mode %o, want %o", name, info.Mode().Perm(), mode)
	}
}

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{"alice": "alice", `WIN01\alice`: `'WIN01\alice'`, "it's": `'it'\''s'`, "": "''", "/tmp/a b": "'/tmp/a b'"} {
		if got := shellQuote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
