package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"pstest/probe"
)

// progress is one live line on a terminal's stderr. It is erased before
// anything else is written and shows only after a moment.
type progress struct {
	out   io.Writer
	what  string
	total int

	mu      sync.Mutex
	done    int
	shown   bool
	started time.Time
	quit    chan struct{}
	ended   sync.WaitGroup
	once    sync.Once
}

// newProgress starts the line; where stderr is no terminal or carries the
// trace, what it returns does nothing.
func newProgress(w *world, debug bool, requests []probe.Request) *progress {
	p := &progress{out: w.err, total: len(requests), started: time.Now(), quit: make(chan struct{}), what: "hosts"}
	if len(requests) == 1 {
		p.what = probe.Clean(requests[0].Target.Host, 40)
	}
	_, ok := terminal(w.err)
	if !ok || debug || w.getenv("TERM") == "dumb" {
		return p
	}
	p.ended.Go(p.tick)
	return p
}

func (p *progress) tick() {
	every := time.NewTicker(300 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-every.C:
			p.show()
		}
	}
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := p.what
	if p.total > 1 {
		count = fmt.Sprintf("%d of %d hosts", p.done, p.total)
	}
	fmt.Fprintf(p.out, "\r\x1b[Klooking: %s, %.0f s", count, time.Since(p.started).Seconds())
	p.shown = true
}

// pause erases the line and keeps it away while write runs, which is the result of one host.
func (p *progress) pause(write func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.done++
	write()
}

func (p *progress) erase() {
	if p.shown {
		io.WriteString(p.out, "\r\x1b[K")
		p.shown = false
	}
}

// stop ends the line; it may be called again.
func (p *progress) stop() {
	p.once.Do(func() { close(p.quit) })
	p.ended.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
}

func writeString(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
