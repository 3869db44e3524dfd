package probe

import (
	"context"
	"net/netip"
)

// otherAddr is a further address of the name with its two attempts.
type otherAddr struct {
	addr        netip.Addr
	http, https *attempt
	keep        bool // the HTTPS connection is the one in use
}

// others looks at the further addresses of a name, without credentials: which
// ports are open, and who answers there. A listener may serve one address and
// not another.
func (r *run) others(ctx context.Context, rest []otherAddr) {
	if len(rest) == 0 {
		r.facts.Others = Skip[[]Other]("the name has one address")
		return
	}
	out := make([]Other, len(rest))
	each := r.group()
	for i, o := range rest {
		each.Go(func() { out[i] = r.other(ctx, o) })
	}
	each.Wait()
	r.facts.Others = See(out)
}

func (r *run) other(ctx context.Context, o otherAddr) Other {
	t := r.req.Target
	res := Other{Address: o.addr.String(), HTTP: r.settle(o.addr, t.PortHTTP, o.http), HTTPS: r.settle(o.addr, t.PortHTTPS, o.https)}
	if o.https.conn != nil && !o.keep {
		o.https.conn.Close()
	}
	if o.http.conn == nil {
		res.Challenge = Skip[Challenge]("no connection to the HTTP port")
		return res
	}
	w := newWire(o.http.conn)
	defer w.close()
	res.Challenge = r.challengeOn(ctx, w, line{run: r, addr: o.addr, port: t.PortHTTP}, PathOthers)
	return res
}

// settle waits for an attempt and makes it an observation.
func (r *run) settle(addr netip.Addr, port int, a *attempt) Observed[Dial] {
	<-a.done
	if a.skip {
		return Skip[Dial](notAsked)
	}
	return r.dialed(addr, port, a.conn, a.fail)
}

// neutralPorts are asked only where both WinRM ports are silent: file sharing,
// remote desktop and SSH tell a filtered port from a dead host.
func neutralPorts() []int { return []int{445, 3389, 22} }

// neutral dials a few well-known ports where both WinRM ports were silent.
func (r *run) neutral(ctx context.Context, addr netip.Addr) {
	if !silent(r.facts.HTTP.Dial) || !silent(r.facts.HTTPS.Dial) {
		r.facts.Neutral = Skip[[]Dial]("only asked where the WinRM ports are silent")
		return
	}
	ports := neutralPorts()
	out := make([]Dial, len(ports))
	each := r.group()
	for i, port := range ports {
		each.Go(func() {
			conn, f := r.dial(ctx, addr, port, r.bounds.neutral)
			out[i] = r.dialed(addr, port, conn, f).Value
			out[i].Failure = f
			if conn != nil {
				conn.Close()
			}
		})
	}
	each.Wait()
	r.facts.Neutral = See(out)
}

// silent: nothing came back, or the port was not asked.
func silent(o Observed[Dial]) bool {
	return o.State == NotRun || (o.State == Failed && o.Failure.Class == ClassSilent)
}
