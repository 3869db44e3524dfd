package lab

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

func place(t *testing.T, n *Network, name, scenario string) netip.Addr {
	t.Helper()
	s, _ := Find(scenario)
	h, err := Start(context.Background(), s, Options{Now: fixedNow, Network: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Wait)
	t.Cleanup(h.Close)
	return n.Add(name, h)
}

func TestNetworkResolves(t *testing.T) {
	var n Network
	addr := place(t, &n, "win01.lab.test", "healthy")
	n.Place(Place{Names: []string{"six.lab.test"}, Addresses: []netip.Addr{netip.MustParseAddr("2001:db8::6")}})
	ctx := context.Background()
	got, err := n.LookupNetIP(ctx, "ip", "WIN01.lab.test.")
	if err != nil || len(got) != 1 || got[0] != addr {
		t.Errorf("%v, %v", got, err)
	}
	if names, err := n.LookupAddr(ctx, addr.String()); err != nil || len(names) != 1 || names[0] != "win01.lab.test." {
		t.Errorf("%v, %v", names, err)
	}
	for _, try := range []struct{ network, name string }{{"ip", "nowhere.lab.test"}, {"ip6", "win01.lab.test"}, {"ip4", "six.lab.test"}} {
		_, err := n.LookupNetIP(ctx, try.network, try.name)
		var dns *net.DNSError
		if !errors.As(err, &dns) || !dns.IsNotFound {
			t.Errorf("%v: %v", try, err)
		}
	}
}

func TestNetworkShowsEachWayNotToConnect(t *testing.T) {
	var n Network
	place(t, &n, "refused", "no-listeners")
	place(t, &n, "silent", "firewalled")
	place(t, &n, "unroutable", "unroutable")
	for address, want := range map[string]error{
		"refused:5985": syscall.ECONNREFUSED, "refused:5986": syscall.ECONNREFUSED, "refused:22": syscall.ECONNREFUSED,
		"unroutable:5985": syscall.EHOSTUNREACH, "unroutable:445": syscall.EHOSTUNREACH, "silent:22": syscall.ECONNREFUSED,
	} {
		if _, err := n.Dial(context.Background(), "tcp", address); !errors.Is(err, want) {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"silent:5985", "silent:80", "192.0.2.200:5985"} {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		_, err := n.Dial(ctx, "tcp", address)
		cancel()
		var network net.Error
		if !errors.As(err, &network) || !network.Timeout() {
			t.Errorf("%s: %v", address, err)
		}
	}
	c, err := n.Dial(context.Background(), "tcp", "silent:445")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !isTimeout(err) {
		t.Errorf("a neutral port says something: %v", err)
	}
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

func TestNetworkDelaysBothWays(t *testing.T) {
	n := Network{Delay: 50 * time.Millisecond}
	addr := place(t, &n, "win01", "healthy")
	begin := time.Now()
	c, err := n.Dial(context.Background(), "tcp", "win01:5985")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.RemoteAddr().String() != addr.String()+":5985" {
		t.Errorf("connected to %v", c.RemoteAddr())
	}
	// Two requests at once: both answers come after one round trip.
	request := "POST /wsman HTTP/1.1\r\nHost: w\r\nContent-Length: 0\r\nAuthorization: Negotiate TlRMTVNTUAABAAAAl4II4gAAAAAAAAAAAAAAAAAAAAAKAAAAAAAADw==\r\n\r\n"
	for range 2 {
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
	}
	in := bufio.NewReader(c)
	for range 2 {
		if r, err := http.ReadResponse(in, nil); err != nil || r.StatusCode != 401 {
			t.Fatalf("%v, %v", r, err)
		}
	}
	if took := time.Since(begin); took < 200*time.Millisecond || took > 290*time.Millisecond {
		t.Errorf("connection and two exchanges at once took %v, two round trips are 200ms", took)
	}
	got := make([]byte, 1)
	_ = c.SetReadDeadline(time.Now().Add(-time.Second))
	if _, err := c.Read(got); !isTimeout(err) {
		t.Errorf("behind the deadline: %v", err)
	}
	_ = c.SetReadDeadline(time.Time{})
	if _, err := c.Read(got); err != io.EOF {
		t.Errorf("the host's end of the connection: %v", err)
	}
}

func TestNetworkDeliversWhatWasWrittenBeforeClose(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	raw, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	var n Network
	near := delay(raw, 20*time.Millisecond, &n.flying)
	if _, err := io.WriteString(near, "last words"); err != nil {
		t.Fatal(err)
	}
	_ = near.Close()
	got, err := io.ReadAll(far)
	if err != nil || string(got) != "last words" {
		t.Errorf("%q, %v", got, err)
	}
	n.Wait()
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a read behind Close: %v", err)
	}
}
