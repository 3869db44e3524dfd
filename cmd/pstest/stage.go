package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"pstest/certs"
	"pstest/lab"
	"pstest/limits"
	"pstest/negotiate"
	"pstest/probe"
	"pstest/report"
)

// stageHost is the name under which a simulated host stands in its network.
const stageHost = "win01.lab.test"

// stage is how simulated hosts are checked inside this process: each stands
// alone in a network of its own, under stageHost and on the ports of WinRM.
type stage struct {
	now     func() time.Time
	rand    io.Reader // nil: crypto/rand
	timeout time.Duration
	env     probe.Env // what else the probes see; its clock, network and names are replaced
	secret  string    // the account's password; "": a random one
}

// check serves the scenario, looks at it as pstest check would, and ends it.
func (s stage) check(ctx context.Context, sc lab.Scenario) (report.Report, error) {
	h, err := lab.Start(ctx, sc, lab.Options{Now: s.now, Rand: s.rand, Password: s.secret, Network: true})
	if err != nil {
		return report.Report{}, err
	}
	defer h.Close()
	request, err := stageRequest(h)
	if err != nil {
		return report.Report{}, fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	request.Timeout = s.timeout
	net := &lab.Network{}
	net.Add(stageHost, h)
	defer net.Wait()
	env := s.env
	env.Now, env.Resolver, env.Dial = s.now, net, net.Dial
	env.OnLink = nil                               // the addresses of the stage are on nobody's link
	env.Getenv = func(string) string { return "" } // a proxy of this machine is not the scenario's
	if s.rand != nil {
		env.Rand = s.rand
	}
	return report.New(probe.Run(ctx, request, env)), nil
}

// stageRequest asks for everything, with the account that the scenario hands out.
func stageRequest(h *lab.Host) (probe.Request, error) {
	target, err := probe.ParseTarget(stageHost, probe.TargetOptions{Trust: probe.TrustAsk{CAFile: "lab-ca.pem"}})
	if err != nil {
		return probe.Request{}, err
	}
	password := negotiate.NewSecret(h.Password)
	account, err := probe.ParseAccount(h.User, password)
	if err != nil {
		return probe.Request{}, err
	}
	roots, _, err := certs.LoadRoots(h.CAPEM)
	if err != nil {
		return probe.Request{}, err
	}
	return probe.Request{Target: target, Account: account, Password: password, Roots: roots}, nil
}

// differences compares a report with what its scenario says: a limit that the
// scenario names has the verdict that it says, and no other is a root cause
// unless it is one on the healthy host, too.
func differences(sc lab.Scenario, healthy, got report.Report) []string {
	var out []string
	for i, f := range got.Findings {
		want, named := sc.Want[f.ID]
		switch {
		case named && want != string(f.Verdict):
			out = append(out, fmt.Sprintf("%s is %s, and the scenario says %s", f.ID, f.Verdict, want))
		case !named && f.Verdict == limits.Broken && f.Because == "" && healthy.Findings[i].Verdict != limits.Broken:
			out = append(out, fmt.Sprintf("%s is broken, and the scenario does not say so", f.ID))
		}
	}
	return out
}
