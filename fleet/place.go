package fleet

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"pstest/probe"
)

// place is where one request goes. Two requests of one host are two places with
// an id in common: a name, or an address once it is resolved.
type place struct {
	asked string          // as typed, for messages
	ids   map[string]bool // guarded by the guard's mutex
}

func newPlace(t probe.Target) *place {
	p := &place{asked: probe.Clean(t.Asked, 80), ids: map[string]bool{nameID(t.Host): true}}
	if a, err := netip.ParseAddr(t.Host); err == nil {
		p.ids[addressID(a)] = true
	}
	return p
}

// sameAs tells whether both are known to be one host. Ports don't matter: they
// are listeners of the same accounts.
func (p *place) sameAs(q *place) bool {
	for id := range p.ids {
		if q.ids[id] {
			return true
		}
	}
	return false
}

func nameID(host string) string { return "name " + strings.TrimSuffix(strings.ToLower(host), ".") }

// addressID is the same for every address of this machine's loopback, and for
// the unspecified one, which leads there too.
func addressID(a netip.Addr) string {
	a = a.Unmap()
	if a.IsLoopback() || a.IsUnspecified() {
		return "loopback"
	}
	return "address " + a.String()
}

// hostGuard is the guard as one request's run sees it.
type hostGuard struct {
	ctx      context.Context
	shared   *guard
	place    *place
	patience time.Duration // how long to wait for other hosts' answers
}

// May tells whether the account may be tried on this host; else why not. It
// waits while as many hosts as may reject the account are still being asked,
// and while another request of this host is. The host's name as the run spells
// it is not used, here and in Tell: what counts is the request.
func (h *hostGuard) May(account, _ string) (bool, string) {
	end := time.NewTimer(h.patience)
	defer end.Stop()
	for {
		ok, why, wait := h.shared.ask(account, h.place)
		if wait == nil {
			return ok, why
		}
		select {
		case <-wait:
		case <-h.ctx.Done():
			return false, "interrupted"
		case <-end.C:
			return false, fmt.Sprintf("attempts with this account that were under way had not ended yet, and no more than %d may", enough)
		}
	}
}

// Tell records what became of the account on this host.
func (h *hostGuard) Tell(account, _ string, o probe.Outcome) {
	h.shared.tell(account, h.place, o)
}

// leave ends the request; nil facts: it came to none.
func (h *hostGuard) leave(f *probe.Facts) {
	h.shared.leave(h.place, f != nil && ofDomain(f))
}

// ofDomain tells whether the account is one of the host's domain, which rejects
// or accepts it for all its members. The host must name the qualifier as its
// domain and not as itself: elsewhere the same spelling is another account.
func ofDomain(f *probe.Facts) bool {
	for _, o := range []probe.Observed[probe.NTLM]{f.HTTP.NTLM, f.HTTPS.NTLM} {
		n, q := o.Value, f.Account.Qualifier
		if o.State != probe.Seen || q == "" || n.Workgroup() {
			continue
		}
		own := strings.EqualFold(q, n.NetBIOSComputer) || strings.EqualFold(q, n.DNSComputer)
		if !own && (strings.EqualFold(q, n.NetBIOSDomain) || strings.EqualFold(q, n.DNSDomain) || strings.EqualFold(q, n.DNSTree)) {
			return true
		}
	}
	return false
}

// watcher tells the guard which addresses the request's name has.
type watcher struct {
	probe.Resolver
	guard *hostGuard
}

// LookupNetIP implements probe.Resolver.
func (w watcher) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	addrs, err := w.Resolver.LookupNetIP(ctx, network, host)
	ids := make([]string, len(addrs))
	for i, a := range addrs {
		ids[i] = addressID(a)
	}
	w.guard.shared.learn(w.guard.place, ids)
	return addrs, err
}
