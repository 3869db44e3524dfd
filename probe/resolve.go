package probe

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// maxAddresses bounds how many addresses of a name are kept.
const maxAddresses = 16

// resolve turns the target into addresses, in the resolver's order.
func (r *run) resolve(ctx context.Context) []netip.Addr {
	if a, err := netip.ParseAddr(r.req.Target.Host); err == nil {
		return r.literal(a)
	}
	start := r.env.Now()
	ctx, cancel := context.WithTimeout(ctx, r.bounds.dns)
	defer cancel()
	network := "ip" + string(r.req.Target.Family)
	found, err := r.env.Resolver.LookupNetIP(ctx, network, r.req.Target.Host)
	took := r.env.Now().Sub(start)
	if err != nil || len(found) == 0 {
		if err == nil {
			err = fmt.Errorf("the name has no address")
		}
		f := failure(ctxErr(ctx, err), "look up "+r.req.Target.Host)
		if f.Class != ClassOurs {
			f.Class = ClassDNS
		}
		r.facts.Resolve = Fail[Names](f).took(took)
		r.skipAll("the name gave no address")
		return nil
	}
	addrs := distinct(found)
	r.facts.Resolve = See(Names{Addresses: texts(addrs)}).took(took)
	r.trace("resolved", "host", r.req.Target.Host, "addresses", r.facts.Resolve.Value.Addresses)
	return addrs
}

func (r *run) literal(a netip.Addr) []netip.Addr {
	r.facts.Resolve = See(Names{Addresses: []string{a.String()}, Literal: true})
	return []netip.Addr{a}
}

func distinct(found []netip.Addr) []netip.Addr {
	var addrs []netip.Addr
	have := map[netip.Addr]bool{}
	for _, a := range found {
		a = unmapped(a)
		if !have[a] && len(addrs) < maxAddresses {
			have[a] = true
			addrs = append(addrs, a)
		}
	}
	return addrs
}

func texts(addrs []netip.Addr) []string {
	out := make([]string, len(addrs))
	for i, a := range addrs {
		out[i] = a.String()
	}
	return out
}

// reverse looks up the names of the first address. It is the only writer of
// Reverse, behind resolve; a failure leaves it empty, as most hosts have none.
func (r *run) reverse(ctx context.Context, a netip.Addr) {
	ctx, cancel := context.WithTimeout(ctx, r.bounds.neutral)
	defer cancel()
	names, err := r.env.Resolver.LookupAddr(ctx, a.String())
	if err != nil {
		return
	}
	for _, n := range names[:min(len(names), 8)] {
		r.facts.Resolve.Value.Reverse = append(r.facts.Resolve.Value.Reverse, clean(strings.TrimSuffix(n, ".")))
	}
}

// skipAll gives the reason to everything that a missing address prevents.
func (r *run) skipAll(why string) { r.facts.fill(why) }

// proxies says which proxy the environment names for each of the two URLs.
// pstest itself connects directly, always.
func proxies(t Target, getenv func(string) string) (forHTTP, forHTTPS string, vars []string) {
	get := func(name string) string {
		for _, n := range []string{name, strings.ToLower(name)} {
			if v := getenv(n); v != "" {
				vars = append(vars, n)
				return v
			}
		}
		return ""
	}
	c := httpproxy.Config{HTTPProxy: get("HTTP_PROXY"), HTTPSProxy: get("HTTPS_PROXY"), NoProxy: get("NO_PROXY")}
	find := c.ProxyFunc()
	name := func(scheme string, port int) string {
		u, err := find(&url.URL{Scheme: scheme, Host: joinPort(t.Host, port), Path: t.Path})
		if err != nil || u == nil {
			return ""
		}
		return clean(u.Scheme + "://" + u.Host)
	}
	return name("http", t.PortHTTP), name("https", t.PortHTTPS), vars
}
