package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"pstest/limits"
	"pstest/probe"
)

// TestReadmeTables: the exit statuses and routes of the README are those of the code.
func TestReadmeTables(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var statuses strings.Builder
	for _, row := range limits.StatusTable() {
		fmt.Fprintf(&statuses, "| %d | %s |\n", row.Status, row.Meaning)
	}
	if !strings.Contains(string(b), "|---|---|\n"+statuses.String()+"\n") {
		t.Errorf("the README does not have this table of exit statuses:\n%s", &statuses)
	}
	for _, r := range probe.Routes() {
		if !strings.Contains(string(b), fmt.Sprintf("| `%s` |", r)) {
			t.Errorf("the README's table of routes has no %s", r)
		}
	}
}

// TestReadmeCommands: every pstest command line in the README and in the help
// has flags that exist.
func TestReadmeCommands(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	w, _, _ := testWorld("")
	text := string(b)
	for _, c := range commands(w) {
		text += c.Description + "\n"
	}
	seen := 0
	for _, line := range strings.Split(text, "\n") {
		line, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "pstest ")
		if !ok || len(line) > 0 && !strings.Contains(text, "  pstest "+line) {
			continue
		}
		line, _, _ = strings.Cut(line, "   ")
		line, _, _ = strings.Cut(line, " > ")
		args, err := frontDoor(strings.Fields(strings.ReplaceAll(line, "'", "")), commands(w))
		if err != nil {
			t.Errorf("pstest %s: %v", line, err)
			continue
		}
		if args[0] == "--help" {
			continue
		}
		if _, err := arrange(args[1:], named(commands(w), args[0]).Flags); err != nil {
			t.Errorf("pstest %s: %v", line, err)
		}
		seen++
	}
	if seen < 15 {
		t.Errorf("only %d command lines were found", seen)
	}
}
