package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"pstest/lab"
	"pstest/limits"
	"pstest/report"
)

//go:generate go run . docs ../../docs

func docsCommand(w *world) *cli.Command {
	return &cli.Command{
		Name:        "docs",
		Hidden:      true,
		Usage:       "write the generated documentation",
		UsageText:   "pstest docs DIR",
		Description: "Writes DIR/limits.md.\n\nExample\n  pstest docs docs",
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return usagef("docs needs one folder to write to")
			}
			name := filepath.Join(c.Args().First(), "limits.md")
			var b bytes.Buffer
			if err := writeLimits(c.Context, &b, w); err != nil {
				return err
			}
			return os.WriteFile(name, b.Bytes(), 0o644)
		},
	}
}

// docsDay is the day on which the documentation's hosts are looked at, so that
// the same source gives the same text.
func docsDay() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

// writeLimits writes docs/limits.md: every limit, with what check says of the
// scenario that breaks it. A scenario that does not is an error.
func writeLimits(ctx context.Context, out io.Writer, w *world) error {
	catalogue := limits.Catalogue()
	entries := make([]report.Entry, len(catalogue))
	seen, err := lookAt(ctx, needed(catalogue), w)
	if err != nil {
		return err
	}
	for i, l := range catalogue {
		entries[i] = report.Entry{Limit: l, Scenario: shownBy(l)}
		if entries[i].Scenario == "" {
			continue
		}
		var b bytes.Buffer
		if err := report.Excerpt(&b, seen[entries[i].Scenario], l.ID, report.TextOptions{Width: 80}); err != nil {
			return fmt.Errorf("scenario %s: %w", entries[i].Scenario, err)
		}
		entries[i].Output = b.String()
	}
	return report.Markdown(out, entries)
}

// shownBy is the scenario that breaks the limit: one that names its row before
// one that merely breaks it too. For a documented refusal it may be the one
// where that is refused as documented. "": none.
func shownBy(l limits.Limit) string {
	rows := append([]string{l.Row}, l.Field...)
	best := ""
	for _, s := range lab.Scenarios() {
		if s.Want[l.ID] != string(limits.Broken) {
			continue
		}
		if slices.ContainsFunc(s.Rows, func(r string) bool { return slices.Contains(rows, r) }) {
			return s.Name
		}
		if best == "" {
			best = s.Name
		}
	}
	return best
}

func needed(catalogue []limits.Limit) []string {
	var names []string
	for _, l := range catalogue {
		if s := shownBy(l); s != "" && !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	return names
}

// lookAt checks the scenarios, some side by side, under a clock that stands
// and with chance that repeats.
func lookAt(ctx context.Context, names []string, w *world) (map[string]report.Report, error) {
	var mu sync.Mutex
	var wait sync.WaitGroup
	var first error
	seen := map[string]report.Report{}
	slots := make(chan struct{}, 8)
	for _, name := range names {
		sc, _ := lab.Find(name)
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			r, err := steadyStage(w).check(ctx, sc)
			mu.Lock()
			defer mu.Unlock()
			seen[name] = r
			if err != nil && first == nil {
				first = err
			}
		})
	}
	wait.Wait()
	return seen, first
}

// steadyStage gives the same output at any time.
func steadyStage(w *world) stage {
	return stage{now: docsDay, rand: steady{}, timeout: 6 * time.Second, env: w.probe, secret: "Lab7-the-same-each-time"}
}

// steady is chance that repeats: every read gives the same bytes, so that it
// does not matter which goroutine reads first.
type steady struct{}

func (steady) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(37*i + 11)
	}
	return len(b), nil
}
