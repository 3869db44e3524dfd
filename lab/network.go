package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Network is names, addresses and ports inside this process: a resolver and a dialer behind which hosts of the lab
// stand on the ports of WinRM. The zero value is an empty network; its methods may be called at any time from anywhere.
type Network struct {
	// Delay is added to each direction of every connection, and makes a connection attempt take twice of it. It is not
	// to be changed while connections are open.
	Delay time.Duration

	mu     sync.Mutex
	places []*Place
	flying sync.WaitGroup
}

// Place is what stands at some addresses.
type Place struct {
	Names     []string      // that resolve to it, in any case
	Addresses []netip.Addr  // none: the next free one of 192.0.2.0/24 (RFC 5737)
	Reverse   []string      // what its addresses resolve to; nil: the first name
	Host      *Host         // nil: nothing answers at all
	HTTP      int           // the port of Host's HTTP listener here; 0: 5985
	HTTPS     int           // of its HTTPS listener; 0: 5986
	Ports     map[int]Reach // other ports, before what Host's scenario says; a port Served is open and says nothing
}

// Self is the address that the network's client dials from.
func Self() netip.Addr { return netip.MustParseAddr("192.0.2.1") }

// Add puts a host under a name, on the documented ports, and returns its address.
func (n *Network) Add(name string, h *Host) netip.Addr {
	return n.Place(Place{Names: []string{name}, Host: h})
}

// Place puts something into the network and returns its first address.
func (n *Network) Place(p Place) netip.Addr {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(p.Addresses) == 0 {
		next := netip.AddrFrom4([4]byte{192, 0, 2, byte(10 + len(n.places)%240)})
		p.Addresses = []netip.Addr{next}
	}
	if p.HTTP == 0 {
		p.HTTP = 5985
	}
	if p.HTTPS == 0 {
		p.HTTPS = 5986
	}
	if p.Reverse == nil && len(p.Names) > 0 {
		p.Reverse = p.Names[:1]
	}
	n.places = append(n.places, &p)
	return p.Addresses[0]
}

// named finds the place of a name or of an address; nil: there is none.
func (n *Network) named(host string) *Place {
	addr, _ := netip.ParseAddr(host) // not an address: the zero one, which no place has
	host = strings.TrimSuffix(host, ".")
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.places {
		if slices.Contains(p.Addresses, addr.Unmap()) ||
			slices.ContainsFunc(p.Names, func(s string) bool { return strings.EqualFold(s, host) }) {
			return p
		}
	}
	return nil
}

// LookupNetIP resolves a name; network is "ip", "ip4" or "ip6". A name that is not here is a *net.DNSError with
// IsNotFound, and so is one without an address of that family.
func (n *Network) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if err := n.pause(ctx, 2*n.Delay); err != nil {
		return nil, &net.DNSError{Err: err.Error(), Name: host, IsTimeout: true}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	var found []netip.Addr
	if p := n.named(host); p != nil {
		for _, a := range p.Addresses {
			if network == "ip" || network == "ip4" && a.Is4() || network == "ip6" && a.Is6() {
				found = append(found, a)
			}
		}
	}
	if len(found) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return found, nil
}

// LookupAddr resolves an address to names, with the final dot that the system's resolver leaves on them.
func (n *Network) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	if err := n.pause(ctx, 2*n.Delay); err != nil {
		return nil, &net.DNSError{Err: err.Error(), Name: addr, IsTimeout: true}
	}
	p := n.named(addr)
	if p == nil || len(p.Reverse) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: addr, IsNotFound: true}
	}
	names := make([]string, len(p.Reverse))
	for i, name := range p.Reverse {
		names[i] = strings.TrimSuffix(name, ".") + "."
	}
	return names, nil
}

// Dial connects to "name:port" or "address:port". What can't be reached fails as the system's dialer has it:
// ECONNREFUSED, EHOSTUNREACH, or a time-out when ctx is done.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	name, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	port, err := strconv.Atoi(service)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("port %q: %w", service, err)}
	}
	p := n.named(name)
	if _, err := netip.ParseAddr(name); err != nil && p == nil {
		return nil, &net.OpError{Op: "dial", Net: network,
			Err: &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}}
	}
	remote := p.endpoint(name, port)
	reach, real := p.reach(port)
	if reach == Firewalled {
		<-ctx.Done()
		return nil, dialError(network, remote, timeout(ctx))
	}
	if err := n.pause(ctx, 2*n.Delay); err != nil {
		return nil, dialError(network, remote, timeout(ctx))
	}
	switch reach {
	case Refused:
		return nil, dialError(network, remote, syscall.ECONNREFUSED)
	case Unroutable:
		return nil, dialError(network, remote, syscall.EHOSTUNREACH)
	}
	return n.connect(ctx, real, remote)
}

// reach tells what becomes of a connection to a port, and where the listener really is; "" is a port that is open and
// says nothing.
func (p *Place) reach(port int) (Reach, string) {
	if p == nil || p.Host == nil {
		return Firewalled, ""
	}
	if r, ok := p.Ports[port]; ok {
		return r, ""
	}
	c := p.Host.config
	switch port {
	case p.HTTP:
		return c.HTTP.Reach, net.JoinHostPort(p.Host.Addr, strconv.Itoa(p.Host.HTTPPort))
	case p.HTTPS:
		return c.HTTPS.Reach, net.JoinHostPort(p.Host.Addr, strconv.Itoa(p.Host.HTTPSPort))
	}
	if r, ok := c.Neutral[port]; ok {
		return r, ""
	}
	if c.HTTP.Reach == c.HTTPS.Reach && c.HTTP.Reach != Served {
		return c.HTTP.Reach, ""
	}
	return Refused, ""
}

// endpoint is the address that a connection shows as its peer's.
func (p *Place) endpoint(name string, port int) *net.TCPAddr {
	addr, err := netip.ParseAddr(name)
	if err != nil {
		addr = p.Addresses[0]
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, uint16(port)))
}

func dialError(network string, to net.Addr, err error) error {
	return &net.OpError{Op: "dial", Net: network, Addr: to, Err: err}
}

// timeout is what the system's dialer says when ctx ends an attempt.
func timeout(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return context.Canceled
	}
	return timeoutError{}
}

type timeoutError struct{}

func (timeoutError) Error() string   { return "i/o timeout" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// pause waits; an error is that of ctx.
func (n *Network) pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// connect reaches a listener of the lab, or for "" something that is open and silent.
func (n *Network) connect(ctx context.Context, real string, remote net.Addr) (net.Conn, error) {
	local := net.TCPAddrFromAddrPort(netip.AddrPortFrom(Self(), 49152))
	if real == "" {
		here, there := net.Pipe()
		n.flying.Go(func() { _, _ = io.Copy(io.Discard, there) }) // ends with here
		return &placed{Conn: here, local: local, remote: remote}, nil
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", real)
	if err != nil {
		return nil, err
	}
	if n.Delay > 0 {
		c = delay(c, n.Delay, &n.flying)
	}
	return &placed{Conn: c, local: local, remote: remote}, nil
}

// Wait returns when every connection of the network has ended; their users have to close them.
func (n *Network) Wait() { n.flying.Wait() }

// placed is a connection that shows the addresses of the network.
type placed struct {
	net.Conn
	local, remote net.Addr
}

func (p *placed) LocalAddr() net.Addr  { return p.local }
func (p *placed) RemoteAddr() net.Addr { return p.remote }
