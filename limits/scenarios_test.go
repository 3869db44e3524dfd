package limits_test

import (
	"crypto/x509"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pstest/lab"
	"pstest/limits"
	"pstest/negotiate"
	"pstest/probe"
)

// run looks at a scenario as a user with its account would, through a network
// of its own, and returns the facts.
func run(t *testing.T, s lab.Scenario, change func(*probe.Request)) *probe.Facts {
	t.Helper()
	h, err := lab.Start(t.Context(), s, lab.Options{Network: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	var n lab.Network
	n.Add("win01.lab.test", h)
	env := probe.DefaultEnv()
	env.Resolver, env.Dial = &n, n.Dial
	env.Getenv = func(string) string { return "" }
	env.OnLink = nil
	target, err := probe.ParseTarget("win01.lab.test", probe.TargetOptions{Trust: probe.TrustAsk{CAFile: "lab-ca.pem"}})
	if err != nil {
		t.Fatal(err)
	}
	req := probe.Request{Target: target, Password: negotiate.NewSecret(h.Password), Roots: x509.NewCertPool(), Timeout: 8 * time.Second}
	req.Roots.AppendCertsFromPEM(h.CAPEM)
	if req.Account, err = probe.ParseAccount(h.User, req.Password); err != nil {
		t.Fatal(err)
	}
	change(&req)
	facts := probe.Run(t.Context(), req, env)
	n.Wait()
	return facts
}

// seen collects, over all scenarios, which verdicts each limit came to and
// which failure classes were met.
type seen struct {
	mu       sync.Mutex
	verdicts map[string]map[limits.Verdict]string
	classes  map[probe.Class]bool
}

func (s *seen) add(scenario string, f *probe.Facts, j limits.Judgement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range j.Findings {
		if s.verdicts[x.ID] == nil {
			s.verdicts[x.ID] = map[limits.Verdict]string{}
		}
		s.verdicts[x.ID][x.Verdict] = scenario
	}
	for _, p := range probe.Paths() {
		if fail := f.Status(p).Failure; fail != nil {
			s.classes[fail.Class] = true
		}
	}
}

// TestScenarios judges every scenario: its Want holds, and nothing else is
// broken than what Want says. Saved facts are judged the same as live ones.
// Over all scenarios each limit that is judged flips its verdict.
func TestScenarios(t *testing.T) {
	all := &seen{verdicts: map[string]map[limits.Verdict]string{}, classes: map[probe.Class]bool{}}
	t.Run("each", func(t *testing.T) {
		for _, s := range lab.Scenarios() {
			t.Run(s.Name, func(t *testing.T) {
				t.Parallel()
				f := run(t, s, func(*probe.Request) {})
				j := limits.Judge(f)
				all.add(s.Name, f, j)
				holdToWant(t, s, j)
				judgedAgain(t, f, j)
			})
		}
		nameless, _ := lab.Find("healthy")
		f := run(t, nameless, func(r *probe.Request) { r.Target.Host = "elsewhere.lab.test" })
		all.add("an unknown name", f, limits.Judge(f))
		for name, change := range optIns() {
			s, _ := lab.Find(name)
			f := run(t, s, change)
			all.add(name+" with its flag", f, limits.Judge(f))
		}
	})
	flips(t, all)
}

// optIns are looks that only a flag of the user makes.
func optIns() map[string]func(*probe.Request) {
	return map[string]func(*probe.Request){
		"healthy":                 func(r *probe.Request) { r.Unsealed = true },
		"basic-over-http-allowed": func(r *probe.Request) { r.InClear, r.Unsealed = true, true },
	}
}

func holdToWant(t *testing.T, s lab.Scenario, j limits.Judgement) {
	t.Helper()
	var broken []string
	for _, x := range j.Findings {
		if want, ok := s.Want[x.ID]; ok && want != string(x.Verdict) {
			t.Errorf("%s is %s, and is to be %s: %s", x.ID, x.Verdict, want, x.Why)
		}
		if x.Verdict == limits.Broken {
			broken = append(broken, x.ID)
		}
	}
	var want []string
	for id, v := range s.Want {
		if v == string(limits.Broken) {
			want = append(want, id)
		}
	}
	slices.Sort(broken)
	slices.Sort(want)
	if diff := cmp.Diff(want, broken); diff != "" {
		t.Errorf("broken (-want +got):\n%s", diff)
	}
}

func judgedAgain(t *testing.T, f *probe.Facts, live limits.Judgement) {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var saved probe.Facts
	if err := json.Unmarshal(data, &saved); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(live, limits.Judge(&saved)); diff != "" {
		t.Errorf("judged again (-live +saved):\n%s", diff)
	}
}

// unflippable are the limits that a host on loopback can't show from both sides.
func unflippable() map[string]string {
	inferred := "a host can't be seen to have this network profile: only hypotheses are drawn"
	ladder := "needs rights on the host that this version does not look at: only hypotheses are drawn"
	return map[string]string{
		"server-private-network": inferred, "server-public-network": inferred, "client-private-network": inferred, "client-public-network": inferred,
		"administrators-member": ladder, "token-filter-policy": ladder,
		"dotnet-4":                      "an old stack may have a newer .NET",
		"enable-psremoting-any-profile": "an old stack does not tell how remoting was enabled",
		"loopback-elevation":            "a session of one's own is elevated or not, which no packet tells",
		"server-enabled-by-default":     "a host where nothing answers does not tell which Windows it is",
		"client-enable-psremoting":      "a host where nothing answers does not tell which Windows it is",
		"local-and-remote-policy":       "broken in a process without NTLM's algorithms alone, which negotiate's FIPS test has",
	}
}

// flips: every limit that is judged is met or as documented in one scenario and
// broken in another; the exceptions say why.
func flips(t *testing.T, all *seen) {
	exceptions := unflippable()
	for _, l := range limits.Catalogue() {
		if l.Check == nil || exceptions[l.ID] != "" {
			continue
		}
		v := all.verdicts[l.ID]
		good := v[limits.Met] + v[limits.AsDocumented]
		if good == "" || v[limits.Broken] == "" {
			t.Errorf("%s came to %v only", l.ID, slices.Sorted(maps.Keys(v)))
		}
	}
	for _, c := range probe.Classes() {
		if !all.classes[c] && c != probe.ClassOurs { // pstest's own limits: TestInterrupted of probe has it
			t.Errorf("no scenario provokes the failure class %s", c)
		}
	}
}
