package fleet

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pstest/probe"
)

// names is a resolver of a few names.
type names map[string]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, a := range strings.Fields(n[strings.ToLower(host)]) {
		out = append(out, netip.MustParseAddr(a))
	}
	if out == nil {
		return nil, errors.New("no such host")
	}
	return out, nil
}

func (names) LookupAddr(context.Context, string) ([]string, error) { return nil, nil }

// visit runs the attempts at hosts as typed, behind the resolver.
func visit(t *testing.T, a *attempts, known names, hosts ...string) []*probe.Facts {
	t.Helper()
	var list []probe.Request
	for _, h := range hosts {
		target, err := probe.ParseTarget(h, probe.TargetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, probe.Request{Target: target, Account: probe.Account{Asked: `CORP\alice`, Form: probe.FormDownLevel, User: "alice", Qualifier: "CORP"}})
	}
	run := func(ctx context.Context, r probe.Request, e probe.Env) *probe.Facts {
		if _, err := netip.ParseAddr(r.Target.Host); err != nil {
			_, _ = e.Resolver.LookupNetIP(ctx, "ip", r.Target.Host)
		}
		f := a.run(ctx, r, e)
		f.Account = r.Account
		if a.facts != nil {
			a.facts(f)
		}
		return f
	}
	var got []*probe.Facts
	Check(t.Context(), list, Options{Env: probe.Env{Resolver: known}, Run: run}, func(_ int, f *probe.Facts) { got = append(got, f) })
	return got
}

func rejects(string) probe.Outcome { return probe.Rejected }

// TestOneHostUnderSeveralNames: however a host is spelled, a wrong password
// costs one bad logon there.
func TestOneHostUnderSeveralNames(t *testing.T) {
	known := names{"localhost": "::1 127.0.0.1", "win01": "192.0.2.7", "win01.corp.example": "192.0.2.7 2001:db8::7"}
	for name, hosts := range map[string][]string{
		"repeated":   {"localhost", "localhost", "localhost"},
		"spelled":    {"localhost", "LOCALHOST", "localhost.", "127.0.0.1"},
		"by scheme":  {"http://localhost", "https://localhost"},
		"by port":    {"localhost:5985", "localhost:15985", "localhost:443"},
		"loopback":   {"127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1", "0.0.0.0"},
		"by address": {"win01", "win01.corp.example", "192.0.2.7", "[2001:db8::7]", "WIN01."},
		"unresolved": {"none.example", "NONE.example."},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &attempts{takes: time.Second, outcome: rejects}
				got := visit(t, a, known, hosts...)
				most := 1
				if name == "by address" { // the last but one can share no address with those before it
					most = enough
				}
				if len(a.let) > most || len(a.let) == 0 {
					t.Errorf("%d bad logons: %v", len(a.let), a.let)
				}
				for i, f := range got {
					if why := f.HTTPS.Basic.Why; strings.Contains(why, "withheld") {
						t.Errorf("result %d: the prefix is the caller's: %s", i, why)
					}
				}
			})
		})
	}
}

// TestEveryUnprovenAttemptCounts: a host that takes a credential and does not
// prove that it accepted it may have counted a bad logon.
func TestEveryUnprovenAttemptCounts(t *testing.T) {
	for _, o := range []probe.Outcome{probe.Rejected, probe.NoAnswer, probe.OtherStatus, probe.Empty500, probe.Unproven, probe.Faulted} {
		t.Run(string(o), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &attempts{takes: time.Second, outcome: func(string) probe.Outcome { return o }}
				collect(t.Context(), 6, Options{Run: a.run})
				if len(a.let) != enough {
					t.Errorf("%d attempts, want %d", len(a.let), enough)
				}
			})
		})
	}
}

// TestUnsentCostsNothing: where nothing secret left, the account stays usable.
func TestUnsentCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &attempts{takes: time.Second, outcome: func(string) probe.Outcome { return probe.NoChallenge }}
		collect(t.Context(), 6, Options{Run: a.run})
		if len(a.let) != 6 {
			t.Errorf("%d hosts were asked, want 6", len(a.let))
		}
	})
}

func member(f *probe.Facts) {
	f.HTTP.NTLM = probe.See(probe.NTLM{NetBIOSComputer: "WIN01", NetBIOSDomain: "CORP", DNSDomain: "corp.example"})
}

func workgroup(f *probe.Facts) {
	f.HTTP.NTLM = probe.See(probe.NTLM{NetBIOSComputer: "CORP", NetBIOSDomain: "CORP"})
}

// TestAcceptanceFreesDomainAccountsAlone: the first host accepts the account
// and all others reject it.
func TestAcceptanceFreesDomainAccountsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		facts func(*probe.Facts)
		want  int
	}{
		"of the domain": {member, 20},
		"of the host":   {workgroup, 1 + enough},
		"not known":     {nil, 1 + enough},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &attempts{takes: time.Second, facts: c.facts}
				var begun atomic.Bool
				a.outcome = func(string) probe.Outcome {
					if begun.CompareAndSwap(false, true) {
						return probe.Accepted
					}
					time.Sleep(time.Second) // the acceptance comes first
					return probe.Rejected
				}
				var hosts []string
				for _, r := range requests(20) {
					hosts = append(hosts, r.Target.Host)
				}
				visit(t, a, names{}, hosts...)
				if len(a.let) != c.want {
					t.Errorf("%d hosts were asked, want %d: %v", len(a.let), c.want, a.let)
				}
			})
		})
	}
}

// TestLocalAccountsGoOn: an account that every host accepts goes everywhere,
// whatever it is.
func TestLocalAccountsGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &attempts{takes: 100 * time.Millisecond, facts: workgroup, outcome: func(string) probe.Outcome { return probe.Accepted }}
		visit(t, a, names{}, "a", "b", "c", "d", "e", "f", "g", "http://a", "https://a")
		if len(a.let) != 9 {
			t.Errorf("%d requests were let through, want 9: %v", len(a.let), a.let)
		}
	})
}

func TestOfDomain(t *testing.T) {
	for _, c := range []struct {
		qualifier string
		facts     func(*probe.Facts)
		want      bool
	}{
		{"corp", member, true}, {"CORP.example", member, true}, {"WIN01", member, false}, {"", member, false}, {".", member, false},
		{"OTHER", member, false}, {"CORP", workgroup, false}, {"CORP", func(*probe.Facts) {}, false},
	} {
		f := &probe.Facts{Account: probe.Account{Form: probe.FormDownLevel, User: "alice", Qualifier: c.qualifier}}
		c.facts(f)
		if got := ofDomain(f); got != c.want {
			t.Errorf("%q: %v, want %v", c.qualifier, got, c.want)
		}
	}
}
