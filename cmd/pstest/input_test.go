package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterruptedInput: nothing that waits for input outlives its context.
func TestInterruptedInput(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skipf("no pipes with a name here: %v", err)
	}
	t.Cleanup(func() { // lets the readers that were left behind end
		if f, err := os.OpenFile(fifo, os.O_RDWR, 0); err == nil {
			f.Close()
		}
	})
	for name, args := range map[string]string{
		"password stdin": "check h.invalid -u alice --password-stdin",
		"password file":  "check h.invalid -u alice --password-file " + fifo,
		"roots":          "check h.invalid --cacert " + fifo,
		"saved report":   "explain " + fifo,
		"stdin's report": "explain -",
	} {
		t.Run(name, func(t *testing.T) {
			w, out, errs := testWorld("")
			r, never := io.Pipe()
			defer never.Close()
			w.in = r
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			begun := time.Now()
			if got := run(ctx, strings.Fields(args), w); got != 3 {
				t.Errorf("status %d, want 3", got)
			}
			if time.Since(begun) > 5*time.Second || errs.String() != "pstest: "+errInterrupted.Error()+"\n" || out.Len() > 0 {
				t.Errorf("after %v: stderr %q, stdout %q", time.Since(begun), errs, out)
			}
		})
	}
}

// TestPatientlyCarriesAPanic with the place where it happened.
func TestPatientlyCarriesAPanic(t *testing.T) {
	defer func() {
		w, _, errs := testWorld("")
		if got := w.bug(recover(), nil); got != 4 || !strings.Contains(errs.String(), "pstest/input_test.go:") {
			t.Errorf("status %d, stderr %s", got, errs)
		}
	}()
	_, _ = patiently(t.Context(), func() (int, error) { panic("broken") })
}

// TestSavedReportThatIsWrong names the file, in one line and without its letters.
func TestSavedReportThatIsWrong(t *testing.T) {
	const target = `"schema":1,"target":{"asked":"h","host":"h","portHttp":5985,"portHttps":5986,"path":"/wsman","route":"any"}`
	file := filepath.Join(t.TempDir(), "ev\x1bil.json")
	if err := os.WriteFile(file, []byte(`{"schema":1,"reports":[{"facts":{`+target+`,"http":{"dial":{"state":"failed"}}}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	w, out, errs := testWorld("")
	if got := run(t.Context(), []string{"explain", file}, w); got != 2 || out.Len() > 0 {
		t.Errorf("status %d, stdout %q", got, out)
	}
	want := `ev\x1bil.json: report 1: http.dial failed, and it does not say how; accepted: what pstest check --format json writes` + "\n"
	if !strings.HasSuffix(errs.String(), want) || strings.Count(errs.String(), "\n") != 1 {
		t.Errorf("stderr %q", errs)
	}
}

// TestUnwritableHelp is no success.
func TestUnwritableHelp(t *testing.T) {
	for _, args := range []string{"", "help", "--help", "help check", "check --help", "version", "explain"} {
		w, _, errs := testWorld("")
		w.out = failing{}
		if got := run(t.Context(), strings.Fields(args), w); got != 3 || errs.String() != "pstest: no space left on device\n" {
			t.Errorf("%q: status %d, stderr %q", args, got, errs)
		}
	}
}

// TestGivenAgain: one host that is spelled in several ways is looked at once.
func TestGivenAgain(t *testing.T) {
	w, _, errs := testWorld("")
	o := checkOptions{hosts: []string{"win01", "WIN01", "win01.", "win01:5985", "http://win01", "win02", "win01:5986"}}
	got, err := o.requests(w)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, r := range got {
		kept = append(kept, r.Target.Asked)
	}
	if strings.Join(kept, " ") != "win01 http://win01 win02" {
		t.Errorf("kept %q", kept)
	}
	if want := "pstest: given more than once, and looked at once: WIN01 win01. win01:5985 win01:5986\n"; errs.String() != want {
		t.Errorf("stderr %q", errs)
	}
}

func TestSayIsOneLine(t *testing.T) {
	var errs bytes.Buffer
	w := &world{err: &errs}
	w.finish(usageError{"host \x1b[2J\n\u202e is wrong"})
	w.finish(errors.New("a\nb"))
	if errs.String() != "pstest: host \\x1b[2J\\x0a\\u202e is wrong\npstest: a\\x0ab\n" {
		t.Errorf("%q", errs.String())
	}
}
