package probe_test

import (
	"testing"
	"time"

	"pstest/lab"
	"pstest/probe"
)

// slope measures how many round trips a complete check waits for: the growth of
// the wall time over the growth of the round trip time. What the machine itself
// needs cancels out.
func slope(b *testing.B, a ask) float64 {
	wall := func(oneWay time.Duration) time.Duration {
		best := time.Hour
		for range 5 {
			n := &lab.Network{Delay: oneWay}
			a.network, a.timeout = n, 30*time.Second
			best = min(best, look(b, a).facts.Took)
		}
		return best
	}
	short, long := 20*time.Millisecond, 60*time.Millisecond
	return float64(wall(long)-wall(short)) / float64(2*(long-short))
}

// BenchmarkRoundTrips reports the round trips of a complete check, by address
// and by name (which adds the resolver's one), over TLS 1.3 and TLS 1.2.
func BenchmarkRoundTrips(b *testing.B) {
	for _, c := range []struct {
		name string
		ask  ask
	}{
		{"address", ask{scenario: "healthy", host: "192.0.2.10", lab: lab.Options{Hosts: []string{"192.0.2.10"}}}},
		{"name", ask{scenario: "healthy"}},
		{"address-tls12", ask{scenario: "healthy", host: "192.0.2.10", lab: lab.Options{Hosts: []string{"192.0.2.10"}, MaxTLS: 0x0303}}},
		{"address-no-account", ask{scenario: "healthy", user: "-", host: "192.0.2.10", lab: lab.Options{Hosts: []string{"192.0.2.10"}}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(slope(b, c.ask), "roundtrips")
			}
		})
	}
}

// BenchmarkWrongPassword reports the failed logons that a wrong password costs.
func BenchmarkWrongPassword(b *testing.B) {
	for b.Loop() {
		l := look(b, ask{scenario: "healthy", password: "not the password"})
		b.ReportMetric(float64(l.stats.Failed()), "failedlogons")
	}
}

// BenchmarkCheck is the cost of one check on loopback, both ends included.
func BenchmarkCheck(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if f := look(b, ask{scenario: "healthy"}).facts; f.HTTPS.Basic.Value.Outcome != probe.Accepted {
			b.Fatalf("%+v", f.HTTPS.Basic)
		}
	}
}
