package fleet

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"pstest/probe"
)

// enough is how many hosts may reject an account before it is left alone. It
// bounds the hosts that are being asked, too: answers that are not there yet
// may turn out as rejections.
const enough = 2

// guard keeps, across hosts, what became of each account.
type guard struct {
	mu       sync.Mutex
	accounts map[string]*record
}

// record is one account. An account that one host accepted is right, and what
// other hosts reject it for is theirs.
type record struct {
	accepted bool
	rejected map[string]bool // hosts that rejected it
	asking   map[string]bool // hosts that were let through and did not end yet
	changed  chan struct{}   // closed and renewed at every change
}

func newGuard() *guard { return &guard{accounts: map[string]*record{}} }

// record returns the account's record; mu must be held. Windows does not tell
// account names apart by case.
func (g *guard) record(account string) *record {
	key := strings.ToLower(account)
	r := g.accounts[key]
	if r == nil {
		r = &record{rejected: map[string]bool{}, asking: map[string]bool{}, changed: make(chan struct{})}
		g.accounts[key] = r
	}
	return r
}

func (r *record) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// ask lets host try the account, refuses it for good with a reason, or returns
// a channel that is closed when asking again may help.
func (g *guard) ask(account, host string) (ok bool, why string, wait <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.record(account)
	busy := len(r.rejected)
	for h := range r.asking {
		if !r.rejected[h] {
			busy++
		}
	}
	switch {
	case r.accepted || r.asking[host]:
	case len(r.rejected) >= enough:
		return false, fmt.Sprintf("withheld: %d hosts rejected this account and none accepted it", len(r.rejected)), nil
	case busy >= enough:
		return false, "", r.changed
	}
	r.asking[host] = true
	return true, "", nil
}

func (g *guard) tell(account, host string, o probe.Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.record(account)
	switch o {
	case probe.Accepted:
		r.accepted = true
	case probe.Rejected:
		r.rejected[host] = true
	default:
		return
	}
	r.wake()
}

// leave ends the asking of a host, whatever came of it.
func (g *guard) leave(host string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.accounts {
		if r.asking[host] {
			delete(r.asking, host)
			r.wake()
		}
	}
}

// hostGuard is the guard as one host's run sees it.
type hostGuard struct {
	ctx      context.Context
	shared   *guard
	host     string
	patience time.Duration // how long to wait for other hosts' answers
}

// May tells whether the account may be tried on this host; else why not. It
// waits while as many hosts as may reject the account are still being asked.
// The host's name as the run spells it is not used, here and in Tell: what
// counts is the request's host and ports.
func (h *hostGuard) May(account, _ string) (bool, string) {
	end := time.NewTimer(h.patience)
	defer end.Stop()
	for {
		ok, why, wait := h.shared.ask(account, h.host)
		if wait == nil {
			return ok, why
		}
		select {
		case <-wait:
		case <-h.ctx.Done():
			return false, "withheld: interrupted"
		case <-end.C:
			return false, fmt.Sprintf("withheld: %d other hosts had not answered yet for this account", enough)
		}
	}
}

// Tell records what became of the account on this host.
func (h *hostGuard) Tell(account, _ string, o probe.Outcome) {
	h.shared.tell(account, h.host, o)
}

func (h *hostGuard) leave() { h.shared.leave(h.host) }
