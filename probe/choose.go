package probe

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// chosen is where the probes go: an address for each of the two ports.
type chosen struct {
	http, https         netip.Addr
	httpConn, httpsConn *readyConn
}

// maxTried bounds how many addresses of a name are connected to.
const maxTried = 4

// grace is how long an address that answered waits for one that the resolver
// prefers.
const grace = 50 * time.Millisecond

// choose picks the address that the probes use. A single address is used as it
// is: the probes connect by themselves, side by side. Several are connected to
// side by side; the first in the resolver's order among those that answered by
// the time of the first answer plus a grace is taken, the same for both ports
// where it can be. The other addresses are returned for a look of their own.
func (r *run) choose(ctx context.Context, addrs []netip.Addr) (chosen, []otherAddr) {
	if len(addrs) == 1 {
		return chosen{http: addrs[0], https: addrs[0]}, nil
	}
	tried := addrs[:min(len(addrs), maxTried)]
	var plain, secure race
	both := r.group()
	both.Go(func() { plain = r.race(ctx, tried, r.req.Target.PortHTTP, r.req.Target.NoHTTP) })
	both.Go(func() { secure = r.race(ctx, tried, r.req.Target.PortHTTPS, r.req.Target.NoHTTPS) })
	both.Wait()
	p, s := plain.first(), secure.first()
	if p < 0 {
		p = max(s, 0)
	}
	if s < 0 || secure.open(p) {
		s = p
	}
	c := chosen{http: tried[p], https: tried[s], httpConn: plain.take(p), httpsConn: secure.take(s)}
	var rest []otherAddr
	for i, a := range tried {
		if i != p {
			rest = append(rest, otherAddr{addr: a, http: plain[i], https: secure[i], keep: i == s})
		}
	}
	if s != p {
		r.closeLate(secure[p])
	}
	return c, rest
}

// attempt is one connection attempt of a race; done closes when it ended.
type attempt struct {
	done chan struct{}
	conn net.Conn
	fail *Failure
	skip bool // the target asks for the other listener alone
}

type race []*attempt

// race connects to one port of every address and returns when the first is
// open (plus the grace) or all have failed. The attempts that are still under
// way go on.
func (r *run) race(ctx context.Context, addrs []netip.Addr, port int, skip bool) race {
	var attempts race
	opened := make(chan struct{}, len(addrs))
	none := make(chan struct{})
	all := r.group()
	for _, a := range addrs {
		at := &attempt{done: make(chan struct{}), skip: skip}
		attempts = append(attempts, at)
		if skip {
			close(at.done)
			continue
		}
		all.Go(func() {
			at.conn, at.fail = r.dial(ctx, a, port, r.bounds.dial)
			close(at.done)
			if at.conn != nil {
				opened <- struct{}{}
			}
		})
	}
	r.later.Go(func() { all.Wait(); close(none) })
	await(opened, none)
	return attempts
}

func await(opened, none <-chan struct{}) {
	select {
	case <-none:
	case <-opened:
		select {
		case <-none:
		case <-time.After(grace):
		}
	}
}

// open tells whether attempt i has ended with a connection.
func (a race) open(i int) bool {
	select {
	case <-a[i].done:
		return a[i].conn != nil
	default:
		return false
	}
}

// first is the index of the first open attempt, -1 where none is.
func (a race) first() int {
	for i := range a {
		if a.open(i) {
			return i
		}
	}
	return -1
}

// take gives what attempt i came to; nil while it is under way or was skipped.
func (a race) take(i int) *readyConn {
	select {
	case <-a[i].done:
		if a[i].skip {
			return nil
		}
		return &readyConn{conn: a[i].conn, fail: a[i].fail}
	default:
		return nil
	}
}

// closeLate closes a connection that nobody uses, once it is there.
func (r *run) closeLate(a *attempt) {
	r.later.Go(func() {
		<-a.done
		if a.conn != nil {
			a.conn.Close()
		}
	})
}
