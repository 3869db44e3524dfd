package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"pstest/probe"
)

// traceWide is where a trace line's text begins, behind the step.
const traceWide = 17

// maxTraceLine bounds one line of the trace, in runes.
const maxTraceLine = 2000

// newTrace is the trace of --debug: one line for each thing that happened, the
// step first. A line about a connection that was there before is left out, as
// every step opens its own.
func newTrace(out io.Writer) *slog.Logger {
	return slog.New(&traceHandler{out: out, seen: map[string]bool{}})
}

type traceHandler struct {
	mu   sync.Mutex
	out  io.Writer
	seen map[string]bool // lines about connections
}

// Enabled implements slog.Handler.
func (h *traceHandler) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs implements slog.Handler; the probes use neither this nor groups.
func (h *traceHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements slog.Handler.
func (h *traceHandler) WithGroup(string) slog.Handler { return h }

// Handle implements slog.Handler.
func (h *traceHandler) Handle(_ context.Context, r slog.Record) error {
	a := attrs{}
	r.Attrs(func(one slog.Attr) bool {
		a[one.Key] = one.Value
		return true
	})
	step, text := r.Message, ""
	switch r.Message {
	case "exchange":
		step, text = a.text("step"), a.exchange()
	case "dial":
		where := a.text("address") + ": "
		text = where + strings.TrimPrefix(a.either("failure", "connected"), "dial "+where)
	case "tls":
		_, where, _ := strings.Cut(a.text("step"), " with ")
		done := a.text("version") + ", " + a.text("suite") + ", certificate: " + a.text("vetted")
		text = where + ": " + strings.TrimPrefix(a.either("failure", done), a.text("step")+": ")
	default:
		text = a.rest()
	}
	line := probe.Clean(fmt.Sprintf("%-*s%s", traceWide, step, text), maxTraceLine)
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Message != "exchange" && h.seen[line] {
		return nil
	}
	if r.Message != "exchange" {
		h.seen[line] = true
	}
	_, err := io.WriteString(h.out, line+"\n")
	return err
}

// attrs are the attributes of one record by their key.
type attrs map[string]slog.Value

func (a attrs) text(key string) string {
	v, ok := a[key]
	if !ok {
		return ""
	}
	return v.String()
}

// either is the attribute, or other where it is absent or empty.
func (a attrs) either(key, other string) string {
	if s := a.text(key); s != "" {
		return s
	}
	return other
}

// exchange sums up one request and its answer: the status or the failure, the
// time, both sizes, and the headers that differ from one step to the next.
func (a attrs) exchange() string {
	took, _ := a["took"].Any().(time.Duration)
	text := fmt.Sprintf("%s in %.1f ms, %s", a.either("failure", a.text("status")), float64(took.Microseconds())/1000, a.text("url"))
	text += "; sent " + strings.Join(append([]string{a.text("sent") + " B"}, a.headers("request")...), ", ")
	if a.text("failure") == "" {
		text += "; got " + strings.Join(append([]string{a.text("got") + " B"}, a.headers("answer")...), ", ")
	}
	return text
}

// headers are the lines of one side but those that every message has.
func (a attrs) headers(key string) []string {
	all, _ := a[key].Any().([]string)
	var out []string
	for _, l := range all {
		if !strings.HasPrefix(l, "Content-Length:") && l != "Content-Type: application/soap+xml;charset=UTF-8" {
			out = append(out, l)
		}
	}
	return out
}

// rest is every attribute, in the form key=value, by key.
func (a attrs) rest() string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(a)) {
		out = append(out, key+"="+a.text(key))
	}
	return strings.Join(out, " ")
}
