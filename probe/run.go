package probe

import (
	"context"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"pstest/certs"
	"pstest/negotiate"
)

// run is one look at one host. Each observation in facts has one writer.
type run struct {
	req    Request
	env    Env
	facts  *Facts
	bounds bounds
	gate   *gate
	scrub  *scrubber

	identified chan struct{} // http.identify has been observed, or won't be
	broken     atomic.Pointer[Bug]
	later      *group // what goes on behind the answer that it was for; ends with the context

	mu   sync.Mutex          // guards facts.Exchanges, seen and host
	host negotiate.Challenge // the names that the host gives itself
	seen map[string]certs.Inspection
}

// bounds are the times that single steps may take; all derive from the time of
// the whole host, so that a silent step leaves room for the others.
type bounds struct {
	dial, tls, exchange, dns, neutral time.Duration
}

func boundsOf(whole time.Duration) bounds {
	return bounds{
		dial:     min(5*time.Second, whole/3),
		tls:      min(5*time.Second, whole/4),
		exchange: min(6*time.Second, whole*3/10),
		dns:      min(5*time.Second, whole/4),
		neutral:  min(2*time.Second, whole/8),
	}
}

// Run looks at one host and returns everything it learned. It never returns
// nil; it ends by the request's timeout, or at once when ctx does, with what
// was found so far and with Stopped saying why.
func Run(ctx context.Context, req Request, env Env) *Facts {
	if req.Timeout <= 0 {
		req.Timeout = DefaultTimeout
	}
	r := &run{req: req, env: env, bounds: boundsOf(req.Timeout), seen: map[string]certs.Inspection{}, identified: make(chan struct{})}
	start := env.Now()
	r.facts = &Facts{Schema: Schema, When: start.UTC().Round(0), Target: req.Target, Account: req.Account, Client: client(req, env)}
	r.gate, r.later, r.scrub = newGate(r), r.group(), newScrubber(req.Password)
	bounded, cancel := context.WithTimeout(ctx, req.Timeout)
	r.look(bounded)
	r.facts.Took = env.Now().Sub(start)
	r.facts.finish(ctx, bounded)
	r.facts.doubt()
	cancel()
	r.later.Wait()
	if bug := r.broken.Load(); bug != nil {
		panic(bug)
	}
	return r.facts
}

// finish says why a run ended early and gives every absence its reason.
func (f *Facts) finish(caller, bounded context.Context) {
	why := "nothing in this run led to it"
	switch {
	case caller.Err() != nil:
		f.Stopped, why = "interrupted", "interrupted before it was looked at"
	case bounded.Err() != nil:
		f.Stopped, why = "out of time", "the time for this host ran out before it was looked at"
	}
	f.fill(why)
}

func (r *run) look(ctx context.Context) {
	addrs := r.resolve(ctx)
	if len(addrs) == 0 {
		return
	}
	aside, stop := context.WithCancel(ctx)
	reverse, side := r.group(), r.group()
	reverse.Go(func() { r.reverse(aside, addrs[0]) })
	first, others := r.choose(ctx, addrs)
	plain := line{run: r, addr: first.http, port: r.req.Target.PortHTTP, ready: first.httpConn}
	secure := line{run: r, addr: first.https, port: r.req.Target.PortHTTPS, https: true, ready: first.httpsConn}
	side.Go(func() { r.others(ctx, others) })
	side.Go(func() { r.halfHTTP(ctx, plain) })
	side.Go(func() { r.halfHTTPS(ctx, secure) })
	side.Wait()
	first.httpConn.drop()
	first.httpsConn.drop()
	r.neutral(ctx, addrs[0])
	stop()
	reverse.Wait()
}

// record keeps one exchange and traces it.
func (r *run) record(e Exchange, f *Failure, took time.Duration) {
	e.Failure, e.Took = f, took
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.facts.Exchanges) < 64 {
		r.facts.Exchanges = append(r.facts.Exchanges, e)
	}
	if r.env.Trace != nil {
		r.env.Trace.Debug("exchange", "step", e.Step, "url", e.URL, "request", e.Request, "sent", e.Sent,
			"status", e.Status, "answer", e.Answer, "got", e.Got, "took", took, "failure", f.String())
	}
}

func (r *run) trace(msg string, args ...any) {
	if r.env.Trace != nil {
		r.env.Trace.Debug(msg, args...)
	}
}

// client describes this side.
func client(req Request, env Env) Client {
	c := Client{OS: runtime.GOOS, Arch: runtime.GOARCH, Store: "system"}
	if req.Roots != nil {
		c.Store = req.Target.Trust.CAFile
	}
	if err := negotiate.Available(); err != nil {
		c.NTLM = clean(err.Error())
	}
	c.ProxyHTTP, c.ProxyHTTPS, c.ProxyVars = proxies(req.Target, env.Getenv)
	return c
}

// asks tells whether the plan has the route.
func (t Target) asks(r Route) bool { return t.Route == RouteAny || t.Route == r }

// unmapped makes an address printable without its IPv4-in-IPv6 form.
func unmapped(a netip.Addr) netip.Addr { return a.Unmap() }
