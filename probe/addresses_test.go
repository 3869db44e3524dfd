package probe_test

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"pstest/lab"
	"pstest/probe"
)

// several resolves every name to the same addresses.
type several struct {
	*lab.Network
	addrs []netip.Addr
}

func (s several) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return s.addrs, nil
}

// lookAt runs a look at a name with several addresses, each of a scenario; ""
// is an address at which nothing answers.
func lookAt(t *testing.T, scenarios map[string]string, order ...string) *probe.Facts {
	t.Helper()
	n := &lab.Network{}
	s := several{Network: n}
	var account *lab.Host
	for _, addr := range order {
		a := netip.MustParseAddr(addr)
		s.addrs = append(s.addrs, a)
		if scenarios[addr] == "" {
			continue
		}
		found, _ := lab.Find(scenarios[addr])
		h, err := lab.Start(t.Context(), found, lab.Options{Network: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(h.Close)
		n.Place(lab.Place{Host: h, Addresses: []netip.Addr{a}})
		account = h
	}
	env := environment(n)
	env.Resolver = s
	f := probe.Run(t.Context(), request(t, ask{}, "win01.lab.test", account), env)
	n.Wait()
	return f
}

// TestSilentFirstAddress: an address that never answers does not keep the
// others from being used, and is reported.
func TestSilentFirstAddress(t *testing.T) {
	f := lookAt(t, map[string]string{"192.0.2.20": "healthy"}, "2001:db8::1", "192.0.2.20")
	if f.HTTP.Dial.Value.Address != "192.0.2.20" || f.HTTP.Negotiate.Value.Outcome != probe.Accepted || f.HTTPS.Basic.Value.Outcome != probe.Accepted {
		t.Errorf("dial %+v, negotiate %+v, basic %+v", f.HTTP.Dial, f.HTTP.Negotiate, f.HTTPS.Basic)
	}
	if f.Others.State != probe.Seen || len(f.Others.Value) != 1 || f.Others.Value[0].HTTP.State != probe.Failed {
		t.Errorf("others %+v", f.Others)
	}
}

// TestFilteredFirstAddress: each further address gets a look of its own, as
// listeners may serve one and not the other.
func TestFilteredFirstAddress(t *testing.T) {
	f := lookAt(t, map[string]string{"192.0.2.20": "filter-404", "192.0.2.21": "healthy"}, "192.0.2.20", "192.0.2.21")
	if f.HTTP.Challenge.Value.Status != 404 {
		t.Errorf("first address: %+v", f.HTTP.Challenge)
	}
	if len(f.Others.Value) != 1 || f.Others.Value[0].Challenge.Value.Status != 401 {
		t.Errorf("second address: %+v", f.Others)
	}
}

func TestAllAddressesRefuse(t *testing.T) {
	f := lookAt(t, map[string]string{"192.0.2.20": "no-listeners", "192.0.2.21": "no-listeners"}, "192.0.2.20", "192.0.2.21")
	if f.HTTP.Dial.State != probe.Failed || f.HTTP.Dial.Failure.Class != probe.ClassRefused || f.HTTPS.Dial.State != probe.Failed {
		t.Errorf("dials %+v %+v", f.HTTP.Dial, f.HTTPS.Dial)
	}
}

// TestInterrupted: a cancelled run returns what was found, and says so.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, _ := lab.Find("silent-listener")
	h, err := lab.Start(t.Context(), s, lab.Options{Network: true})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	n := &lab.Network{}
	n.Add("win01.lab.test", h)
	req := request(t, ask{}, "win01.lab.test", h)
	done := make(chan *probe.Facts)
	go func() { done <- probe.Run(ctx, req, environment(n)) }()
	for h.Stats().Connections == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	f := <-done
	n.Wait()
	if f.Stopped != "interrupted" || f.Resolve.State != probe.Seen {
		t.Errorf("stopped %q, resolve %+v", f.Stopped, f.Resolve)
	}
}
