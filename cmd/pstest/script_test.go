package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"pstest/lab"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pstest": main})
}

// TestScripts runs testdata/script. PSTEST_UPDATE=1 writes what "cmp stdout"
// compares with anew.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("PSTEST_UPDATE") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"lab": startLab, "status": wantStatus},
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_PROXY", "*")
			e.Setenv("EVIL", "\x1b[2J\u202e\tevil")
			return nil
		},
	})
}

// startLab serves a scenario until the script's end: "lab SCENARIO". It sets
// HTTP, HTTPS and LOGON (the account's name), and writes the files password and ca.pem.
func startLab(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: lab SCENARIO")
	}
	s, ok := lab.Find(args[0])
	if !ok {
		ts.Fatalf("no scenario %s", args[0])
	}
	h, err := lab.Start(context.Background(), s, lab.Options{})
	ts.Check(err)
	ts.Defer(h.Close)
	ts.Setenv("HTTP", strconv.Itoa(h.HTTPPort))
	ts.Setenv("HTTPS", strconv.Itoa(h.HTTPSPort))
	ts.Setenv("LOGON", h.User)
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), h.CAPEM, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("password"), []byte(h.Password+"\n"), 0o600))
}

// wantStatus runs pstest and demands an exit status: "status 2 check --foo".
// Its output is in the files out and err.
func wantStatus(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 1 {
		ts.Fatalf("usage: status N ARGS...")
	}
	err := ts.Exec("pstest", args[1:]...)
	got := 0
	if err != nil {
		if _, scan := fmt.Sscanf(err.Error(), "exit status %d", &got); scan != nil {
			ts.Fatalf("pstest: %v", err)
		}
	}
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "out"), []byte(ts.ReadFile("stdout")), 0o600))
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("WORK"), "err"), []byte(ts.ReadFile("stderr")), 0o600))
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("pstest %v: exit status %d, want %s", args[1:], got, args[0])
	}
}
