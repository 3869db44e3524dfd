package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"pstest/lab"
)

// TestDemo: every host is judged as its scenario says, soon enough.
func TestDemo(t *testing.T) {
	w, out, errs := testWorld("")
	start := time.Now()
	if got := run(t.Context(), []string{"demo"}, w); got != 0 {
		t.Errorf("status %d, stderr:\n%s", got, errs)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("the demo took %s", took)
	}
	for i, name := range demoScenarios() {
		sc, ok := lab.Find(name)
		if !ok {
			t.Fatalf("no scenario %s", name)
		}
		if i > 0 && len(sc.Want) == 0 {
			t.Errorf("scenario %s of the demo wants nothing, so nothing is checked", name)
		}
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), name+": "+sc.Title) {
			t.Errorf("no heading for %s", name)
		}
	}
	if !strings.Contains(out.String(), "These hosts are simulated") {
		t.Error("it does not say that the hosts are simulated")
	}
	readme(t, out.String())
}

// readme checks that the first block of output in the README is what the demo
// says: its lines stand in the output in that order; a line "..." is a gap.
func readme(t *testing.T, output string) {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```console\n\\$ go run ./cmd/pstest demo\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatal("the README does not begin with go run ./cmd/pstest demo and its output")
	}
	at, rest := 0, strings.Split(output, "\n")
	for _, chunk := range strings.Split(string(block[1]), "...\n") {
		want := strings.Split(strings.TrimSuffix(chunk, "\n"), "\n")
		next := find(rest[at:], want)
		if next < 0 {
			t.Fatalf("not in the demo's output behind line %d:\n%s", at, chunk)
		}
		at += next + len(want)
	}
}

// find is the index of the first of the lines that stand together in all; -1: none.
func find(all, lines []string) int {
	for i := 0; i+len(lines) <= len(all); i++ {
		same := true
		for j, l := range lines {
			same = same && all[i+j] == l
		}
		if same {
			return i
		}
	}
	return -1
}

// TestDocsAreGenerated: docs/limits.md is what go generate makes.
func TestDocsAreGenerated(t *testing.T) {
	want, err := os.ReadFile("../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	w, _, _ := testWorld("")
	var got bytes.Buffer
	if err := writeLimits(t.Context(), &got, w); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		a, b := strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")
		for i := range a {
			if i >= len(b) || a[i] != b[i] {
				t.Fatalf("docs/limits.md line %d is %q; go generate ./cmd/pstest makes it anew", i+1, a[i])
			}
		}
		t.Fatal("docs/limits.md is shorter than what go generate ./cmd/pstest makes")
	}
}
