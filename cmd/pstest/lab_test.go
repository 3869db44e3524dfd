package main

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pstest/lab"
	"pstest/report"
)

// TestLabRemarks: they are about scenarios that there are, and the list has them.
func TestLabRemarks(t *testing.T) {
	w, out, _ := testWorld("")
	if got := run(t.Context(), []string{"lab", "--list"}, w); got != 0 {
		t.Fatalf("status %d", got)
	}
	flat := strings.Join(strings.Fields(out.String()), " ")
	for name, remark := range remarks() {
		s, ok := lab.Find(name)
		if !ok {
			t.Errorf("no scenario %s", name)
		}
		if !strings.Contains(flat, name+" "+s.Title+" ("+remark+")") {
			t.Errorf("the list does not say %q of %s", remark, name)
		}
	}
	for _, l := range strings.Split(out.String(), "\n") {
		if utf8.RuneCountInString(l) > 80 {
			t.Errorf("wider than 80: %s", l)
		}
	}
}

// TestLabServesOnlyWhatItCan: a port of number 0 is none, so it is not printed.
func TestLabServesOnlyWhatItCan(t *testing.T) {
	w, out, errs := testWorld("")
	if got := run(t.Context(), []string{"lab", "unroutable"}, w); got != 2 || out.Len() > 0 || !strings.Contains(errs.String(), "needs a network of its own") {
		t.Errorf("status %d, stdout %q, stderr %q", got, out, errs)
	}
	for _, s := range lab.Scenarios() {
		h, err := lab.Start(t.Context(), s, lab.Options{})
		if err != nil {
			continue // another system
		}
		if zero := h.HTTPPort == 0 || h.HTTPSPort == 0; zero != (s.Name == "unroutable") {
			t.Errorf("%s: ports %d and %d", s.Name, h.HTTPPort, h.HTTPSPort)
		}
		h.Close()
	}
}

// TestLabBlankPassword: no file is offered for what no file can hold.
func TestLabBlankPassword(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	w, out, errs := testWorld("")
	if got := run(ctx, []string{"lab", "blank-password"}, w); got != 0 {
		t.Errorf("status %d, %s", got, errs)
	}
	if text := out.String(); strings.Contains(text, "--password-file") || !strings.Contains(text, "press Enter at the prompt") || !strings.Contains(text, "-u alice") {
		t.Errorf("stdout:\n%s", text)
	}
}

// TestHeading: a long title wraps, and the rule ends where the page does.
func TestHeading(t *testing.T) {
	for _, s := range lab.Scenarios() {
		for _, width := range []int{60, 80, 120} {
			lines := strings.Split(heading(12, s, report.TextOptions{Width: width}), "\n")
			for i, l := range lines {
				n := utf8.RuneCountInString(l)
				if n > width || i == len(lines)-1 && n < width-1 {
					t.Errorf("%s at %d: %d columns: %s", s.Name, width, n, l)
				}
			}
		}
	}
}
