package probe_test

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"pstest/lab"
	"pstest/probe"
)

// TestAnotherCertificate: where the HTTPS port serves different certificates
// from connection to connection, each good in itself, no credential goes over
// one that the inspection did not see.
func TestAnotherCertificate(t *testing.T) {
	var ports [2]*lab.Network
	var account *lab.Host
	for i, name := range []string{"healthy", "ecdsa"} {
		s, _ := lab.Find(name)
		h, err := lab.Start(t.Context(), s, lab.Options{Network: true, Password: "the same at both"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(h.Close)
		ports[i] = &lab.Network{}
		ports[i].Add("win01.lab.test", h)
		account = h
	}
	env := environment(ports[0])
	var count atomic.Int32
	env.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasSuffix(address, ":5986") {
			return ports[0].Dial(ctx, network, address)
		}
		return ports[count.Add(1)%2].Dial(ctx, network, address)
	}
	f := probe.Run(t.Context(), request(t, ask{}, "win01.lab.test", account), env)
	for _, n := range ports {
		n.Wait()
	}
	held := 0
	for _, o := range []probe.Observed[probe.Authentication]{f.HTTPS.Basic, f.HTTPS.Negotiate} {
		if o.State == probe.NotRun && strings.Contains(o.Why, "another certificate") {
			held++
		}
	}
	if held == 0 {
		t.Errorf("basic %+v, negotiate %+v", f.HTTPS.Basic, f.HTTPS.Negotiate)
	}
}

// TestNotSentInBasic: a password that can't be right there, or that nobody
// could answer, is not sent at all.
func TestNotSentInBasic(t *testing.T) {
	for scenario, user := range map[string]string{"healthy": `CORP\alice`, "client-certificate-required-tls13": ""} {
		l := look(t, ask{scenario: scenario, user: user, change: func(r *probe.Request) { r.Target.Route = probe.RouteBasicHTTPS }})
		if o := l.facts.HTTPS.Basic; o.State != probe.NotRun || o.Value.Sent != "" {
			t.Errorf("%s: %+v", scenario, o)
		}
	}
}
