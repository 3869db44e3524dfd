package probe

import (
	"context"
	"slices"
	"sync"
)

// gate lets the steps that carry a credential through one after another, and
// stops them all behind the first rejection, so that a wrong password costs
// one bad logon. Once the host accepted the account the rest may go side by
// side, as none of them can be a wrong password any more.
type gate struct {
	run *run

	mu       sync.Mutex
	pending  []Path        // steps in their order that have neither ended nor been given up
	accepted bool          // the host proved that it takes the account
	sealed   bool          // and did so in a sealed answer over HTTP
	stopped  string        // why nothing more may be sent
	changed  chan struct{} // closed and replaced whenever the state changes
}

func newGate(r *run) *gate {
	return &gate{run: r, pending: credentialed(r.req), changed: make(chan struct{})}
}

// credentialed lists the steps that would carry the real account, in order.
func credentialed(req Request) []Path {
	var steps []Path
	t := req.Target
	if !req.Account.Given() {
		return nil
	}
	if t.asks(RouteNegotiateHTTP) && !t.NoHTTP {
		steps = append(steps, PathHTTPNegotiate)
	}
	if t.asks(RouteNegotiateHTTPS) && !t.NoHTTPS {
		steps = append(steps, PathHTTPSNegotiate)
	}
	if t.asks(RouteBasicHTTPS) && !t.NoHTTPS {
		steps = append(steps, PathHTTPSBasic)
	}
	if req.InClear && !t.NoHTTP {
		steps = append(steps, PathHTTPBasic)
	}
	if req.Unsealed && !t.NoHTTP && t.asks(RouteNegotiateHTTP) {
		steps = append(steps, PathHTTPUnsealed)
	}
	return steps
}

// enter waits until the step may send its credential; "" means go, and leave
// must follow. Anything else is the reason why it must not be sent.
func (g *gate) enter(ctx context.Context, p Path) string {
	for {
		why, wait := g.state(p)
		if wait == nil {
			return why
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return "the run ended before its turn"
		}
	}
}

// state answers for one step: a reason, or "" for go, or a channel to wait on.
func (g *gate) state(p Path) (string, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.stopped != "" && !g.accepted:
		return "withheld: " + g.stopped, nil
	case !g.accepted && len(g.pending) > 0 && g.pending[0] != p && slices.Contains(g.pending, p):
		return "", g.changed
	}
	if guard := g.run.env.Guard; guard != nil {
		if ok, why := guard.May(g.run.req.Account.Asked, g.run.req.Target.Host); !ok {
			return "withheld: " + why, nil
		}
	}
	return "", nil
}

// wasSealed tells whether the sealed attempt over HTTP was accepted.
func (g *gate) wasSealed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sealed
}

// skip ends a step that is not to be made.
func (g *gate) skip(p Path) { g.leave(p, Observed[Authentication]{}) }

// leave ends a step, whether it sent its credential or not; only the first call
// for a step counts. An attempt of which nothing is proven may have cost a
// logon, so nothing follows it either.
func (g *gate) leave(p Path, o Observed[Authentication]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !slices.Contains(g.pending, p) {
		return
	}
	g.pending = slices.DeleteFunc(g.pending, func(q Path) bool { return q == p })
	a := o.Value
	sent := a.Sent == SentNTLM || a.Sent == SentPassword
	switch {
	case a.proven():
		g.accepted = true
		g.sealed = g.sealed || p == PathHTTPNegotiate && a.Sealed
	case sent && a.Outcome == Rejected:
		g.stopped = "the host rejected this account once already (" + string(p) + "), and further attempts could lock it"
	case sent:
		g.stopped = "what became of the first attempt (" + string(p) + ") is not known, and it may have counted towards a lockout; --route tries another by itself"
	}
	close(g.changed)
	g.changed = make(chan struct{})
	g.tell(a, sent)
}

// tell reports an attempt to the fleet's guard: Accepted where that is proven,
// and never otherwise.
func (g *gate) tell(a Authentication, sent bool) {
	guard := g.run.env.Guard
	if guard == nil || !sent {
		return
	}
	outcome := a.Outcome
	switch {
	case a.proven():
		outcome = Accepted
	case outcome == Accepted:
		outcome = Unproven
	}
	guard.Tell(g.run.req.Account.Asked, g.run.req.Target.Host, outcome)
}
