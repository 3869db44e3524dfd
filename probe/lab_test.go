package probe_test

import (
	"crypto/x509"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"pstest/lab"
	"pstest/negotiate"
	"pstest/probe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ask is one look at a lab host, with what differs from the ordinary one.
type ask struct {
	scenario string
	host     string // "": win01.lab.test
	user     string // "": the host's; "-": none
	password string // "": the host's
	change   func(*probe.Request)
	lab      lab.Options
	network  *lab.Network
	timeout  time.Duration
}

// looked is what a look came to.
type looked struct {
	facts *probe.Facts
	host  *lab.Host
	stats lab.Stats
}

// look starts the scenario in a network of its own and runs the probes at it.
func look(t testing.TB, a ask) looked {
	t.Helper()
	s, ok := lab.Find(a.scenario)
	if !ok {
		t.Fatalf("no scenario %q", a.scenario)
	}
	a.lab.Network = true
	h, err := lab.Start(t.Context(), s, a.lab)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if a.network == nil {
		a.network = &lab.Network{}
	}
	name := a.host
	if name == "" {
		name = "win01.lab.test"
	}
	a.network.Add(name, h)
	facts := probe.Run(t.Context(), request(t, a, name, h), environment(a.network))
	a.network.Wait()
	return looked{facts, h, h.Stats()}
}

func environment(n *lab.Network) probe.Env {
	e := probe.DefaultEnv()
	e.Resolver, e.Dial = n, n.Dial
	e.Getenv = func(string) string { return "" }
	e.OnLink = nil
	return e
}

func request(t testing.TB, a ask, name string, h *lab.Host) probe.Request {
	t.Helper()
	target, err := probe.ParseTarget(name, probe.TargetOptions{Trust: probe.TrustAsk{CAFile: "lab-ca.pem"}})
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(h.CAPEM)
	r := probe.Request{Target: target, Roots: roots, Timeout: a.timeout}
	if r.Timeout == 0 {
		r.Timeout = 10 * time.Second
	}
	if a.user != "-" {
		user, password := orText(a.user, h.User), negotiate.NewSecret(orText(a.password, h.Password))
		if r.Account, err = probe.ParseAccount(user, password); err != nil {
			t.Fatal(err)
		}
		r.Password = password
	}
	if a.change != nil {
		a.change(&r)
	}
	return r
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func TestHealthy(t *testing.T) {
	l := look(t, ask{scenario: "healthy"})
	f := l.facts
	for _, c := range []struct {
		path probe.Path
		o    probe.Observed[probe.Authentication]
		seal bool
	}{{probe.PathHTTPNegotiate, f.HTTP.Negotiate, true}, {probe.PathHTTPSNegotiate, f.HTTPS.Negotiate, false}, {probe.PathHTTPSBasic, f.HTTPS.Basic, false}} {
		if c.o.State != probe.Seen || c.o.Value.Outcome != probe.Accepted || c.o.Value.Sealed != c.seal {
			t.Errorf("%s: %+v", c.path, c.o)
		}
		if c.o.Value.Identity.Vendor != "Microsoft Corporation" {
			t.Errorf("%s: identity %+v", c.path, c.o.Value.Identity)
		}
	}
	if !f.HTTP.Negotiate.Value.Mutual {
		t.Errorf("mechListMIC was not verified: %+v", f.HTTP.Negotiate.Value)
	}
	if n := l.stats.Failed(); n != 0 {
		t.Errorf("%d failed logons", n)
	}
	for _, p := range probe.Paths() {
		if s := f.Status(p); s.State == probe.NotRun && s.Why == "" {
			t.Errorf("%s is absent without a reason", p)
		}
	}
}

func TestFactsSurviveJSON(t *testing.T) {
	for _, name := range []string{"healthy"} {
		f := look(t, ask{scenario: name}).facts
		data, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var back probe.Facts
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f, &back); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
}
