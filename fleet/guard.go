package fleet

import (
	"fmt"
	"strings"
	"sync"

	"pstest/probe"
)

// enough is how many attempts with an account may end without a proven
// acceptance before it is left alone. It bounds those under way too: answers
// that are not there yet may turn out as rejections.
const enough = 2

// guard keeps, across hosts, what became of each account. What sent a
// credential and was not proven accepted counts as a rejection: a host that
// says nothing may have counted it towards a lockout all the same.
type guard struct {
	mu       sync.Mutex
	accounts map[string]*record
}

// record is one account.
type record struct {
	freed   bool // a domain accepted it: a rejection elsewhere is no wrong password
	spent   int  // attempts that may have been rejected
	places  map[*place]standing
	changed chan struct{} // closed and renewed at every change
}

// standing is what became of an account at one place.
type standing string

// The standings; the zero value is none.
const (
	asking   standing = "asking"   // was let through and nothing came of it yet
	accepted standing = "accepted" // proven
	rejected standing = "rejected"
	unproven standing = "unproven" // sent, and what became of it is not known
)

func newGuard() *guard { return &guard{accounts: map[string]*record{}} }

// record returns the account's record; mu must be held. Windows does not tell
// account names apart by case.
func (g *guard) record(account string) *record {
	key := strings.ToLower(account)
	r := g.accounts[key]
	if r == nil {
		r = &record{places: map[*place]standing{}, changed: make(chan struct{})}
		g.accounts[key] = r
	}
	return r
}

func (r *record) wake() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// ask lets the place try the account, refuses it for good with a reason, or
// returns a channel that is closed when asking again may help.
func (g *guard) ask(account string, p *place) (ok bool, why string, wait <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.record(account)
	switch here, where := r.sameHost(p); {
	case r.freed || here == accepted:
		return true, "", nil
	case here == rejected:
		return false, fmt.Sprintf("this host (as %s) rejected this account once already, and further attempts could lock it", where), nil
	case here == unproven:
		return false, fmt.Sprintf("what became of an attempt at this host (as %s) is not known, and it may have counted towards a lockout", where), nil
	case here == asking && r.places[p] != asking:
		return false, "", r.changed
	case r.spent >= enough:
		return false, fmt.Sprintf("%d attempts with this account were rejected, or nothing proved that they were accepted, and further ones could lock it", r.spent), nil
	case r.spent+r.others(p) >= enough:
		return false, "", r.changed
	}
	r.places[p] = asking
	return true, "", nil
}

// sameHost is the weightiest standing that the account has at the host of p,
// under whatever name, and that name. An acceptance outweighs all else: the
// password is right there.
func (r *record) sameHost(p *place) (standing, string) {
	weight := map[standing]int{asking: 1, unproven: 2, rejected: 3, accepted: 4}
	var best standing
	where := ""
	for q, s := range r.places {
		if weight[s] > weight[best] && p.sameAs(q) {
			best, where = s, q.asked
		}
	}
	return best, where
}

// others counts the places but p that are being asked.
func (r *record) others(p *place) int {
	n := 0
	for q, s := range r.places {
		if q != p && s == asking {
			n++
		}
	}
	return n
}

// tell records an attempt that carried the credential. Where a place accepted
// the account, nothing that it says later can be about the password.
func (g *guard) tell(account string, p *place, o probe.Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.record(account)
	switch {
	case o == "" || o == probe.NoChallenge: // nothing secret was sent
		return
	case o == probe.Accepted:
		r.places[p] = accepted
	case r.places[p] == accepted:
		return
	case o == probe.Rejected:
		r.spent++
		r.places[p] = rejected
	default:
		r.spent++
		if r.places[p] != rejected {
			r.places[p] = unproven
		}
	}
	r.wake()
}

// leave ends the asking of a place, whatever came of it. Domain tells that what
// the place accepted is an account of a domain, which is right everywhere.
func (g *guard) leave(p *place, domain bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.accounts {
		switch r.places[p] {
		case asking:
			delete(r.places, p)
		case accepted:
			r.freed = r.freed || domain
		}
		r.wake()
	}
}

// learn adds what is now known of a place. Whoever waits asks anew.
func (g *guard) learn(p *place, ids []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range ids {
		p.ids[id] = true
	}
}
