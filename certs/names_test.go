package certs

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestServed lists the names of a leaf when no host is asked for, and not
// otherwise.
func TestServed(t *testing.T) {
	v6 := net.ParseIP("2001:db8::1")
	for name, tt := range map[string]struct {
		spec Spec
		want Served
	}{
		"names": {Spec{CN: "WIN01", DNSNames: []string{"WIN01.corp.example", "*.Corp.example", "xn--bcher-kva.example"}},
			Served{Names: []string{"win01.corp.example", "*.corp.example", "xn--bcher-kva.example"}, CommonName: "win01"}},
		"addresses":    {Spec{CN: "10.2.3.4", IPs: []net.IP{net.IPv4(10, 2, 3, 4), v6}}, Served{Names: []string{"10.2.3.4", "2001:db8::1"}, CommonName: "10.2.3.4"}},
		"unusable":     {Spec{CN: "web server", DNSNames: []string{"10.2.3.4", "a b", "w*.corp.example", "*.*.example", "x"}}, Served{Names: []string{"x"}, Unusable: []string{"10.2.3.4", "a b", "w*.corp.example", "*.*.example"}}},
		"CN alone":     {Spec{CN: "bücher.example.", CNOnly: true}, Served{CommonName: "xn--bcher-kva.example", OnlyCommonName: true}},
		"CN is a name": {Spec{CN: "Alice Liddell", CNOnly: true}, Served{}},
	} {
		i := inspect(t, tt.spec, "")
		if d := cmp.Diff(tt.want, i.Served); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		roundTrip(t, i)
		for _, served := range append(i.Served.Names, i.Served.CommonName) {
			asked := strings.Replace(served, "*", "any", 1)
			if n := inspect(t, tt.spec, asked).Name; asked != "" && !n.MatchesSAN && !n.MatchesCN {
				t.Errorf("%s: %s is listed, but %s", name, served, n.Reason)
			}
		}
		if s := inspect(t, tt.spec, host).Served; cmp.Diff(s, Served{}) != "" {
			t.Errorf("%s: with a host: %+v", name, s)
		}
	}
}

func TestServedIsBounded(t *testing.T) {
	var s Spec
	for n := range 300 {
		s.DNSNames = append(s.DNSNames, fmt.Sprintf("h%d", n), fmt.Sprintf("h %d", n))
		s.IPs = append(s.IPs, net.IPv4(10, 0, byte(n>>8), byte(n)))
	}
	got := inspect(t, s, "").Served
	if len(got.Names) != 2*MaxNames || len(got.Unusable) != MaxNames || got.LeftOut != 900-3*MaxNames {
		t.Errorf("%d, %d, %d", len(got.Names), len(got.Unusable), got.LeftOut)
	}
}

// TestInspectHosts: each of several hosts gets what it would get alone.
func TestInspectHosts(t *testing.T) {
	hosts := []string{host, "WIN01", "10.2.3.4", "other.example", "", "*.x", "win01.corp.example."}
	for _, s := range []Spec{{CN: "win01", DNSNames: []string{host}}, {CN: host, CNOnly: true}, {CN: "*.corp.example"}} {
		matches, left := InspectHosts(mint(t, s).Certificate[0], hosts)
		if len(matches) != len(hosts) || left != 0 {
			t.Fatalf("%d, %d", len(matches), left)
		}
		for n, m := range matches {
			alone := inspect(t, s, hosts[n]).Name
			if m != (HostMatch{hosts[n], alone.MatchesCN, alone.MatchesSAN, alone.Reason, alone.Detail}) {
				t.Errorf("%s: %+v, alone %+v", hosts[n], m, alone)
			}
		}
		text, err := json.Marshal(matches)
		var again []HostMatch
		if err != nil || json.Unmarshal(text, &again) != nil || cmp.Diff(matches, again) != "" {
			t.Errorf("%v: %s", err, text)
		}
	}
	matches, left := InspectHosts([]byte("x"), make([]string, MaxHosts+5))
	if len(matches) != MaxHosts || left != 5 || matches[0].MatchesSAN || matches[0].MatchesCN {
		t.Errorf("%d, %d", len(matches), left)
	}
	if m, _ := InspectHosts(nil, []string{host}); m[0].Reason != NameNone {
		t.Errorf("%+v", m)
	}
}
