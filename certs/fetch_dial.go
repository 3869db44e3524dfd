package certs

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// maxDials is how many addresses of one name are tried.
const maxDials = 4

// dial connects to a name. It looks the name up itself and dials the address
// that it checked, so that a second look-up can't answer differently.
func (f *Fetcher) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, err
	}
	found, err := f.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	permitted, refused := f.sift(found)
	if len(permitted) == 0 {
		return nil, refused
	}
	for n, addr := range permitted {
		var conn net.Conn
		conn, err = f.connect(ctx, netip.AddrPortFrom(addr, uint16(number)), len(permitted)-n)
		if err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// lookup finds the addresses of a host; none is an error.
func (f *Fetcher) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	var r Resolver = net.DefaultResolver
	if f.Resolver != nil {
		r = f.Resolver
	}
	found, err := r.LookupNetIP(ctx, "ip", host)
	if err == nil && len(found) == 0 {
		err = &net.DNSError{Err: "no address", Name: shown(host), IsNotFound: true}
	}
	return found, err
}

// sift keeps at most maxDials addresses that may be dialled, without zones. The
// error names the first of those that may not.
func (f *Fetcher) sift(found []netip.Addr) (permitted []netip.Addr, refused error) {
	for _, addr := range found {
		addr = addr.Unmap().WithZone("")
		switch {
		case !addr.IsValid():
		case restrictedAddress(addr) && (f.Allow == nil || !f.Allow(addr)):
			if refused == nil {
				refused = &FetchError{Class: FetchAddress, Err: fmt.Errorf("%s is not a public address", addr)}
			}
		case len(permitted) < maxDials:
			permitted = append(permitted, addr)
		}
	}
	if refused == nil {
		refused = &FetchError{Class: FetchAddress, Err: errors.New("no address that can be dialled")}
	}
	return permitted, refused
}

// connect dials one address and leaves time for the others that are left.
func (f *Fetcher) connect(ctx context.Context, to netip.AddrPort, left int) (net.Conn, error) {
	if until, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(until)/time.Duration(left))
		defer cancel()
	}
	if f.Dial != nil {
		return f.Dial(ctx, "tcp", to.String())
	}
	return new(net.Dialer).DialContext(ctx, "tcp", to.String())
}

// restrictedAddress tells that an address isn't a public one (the IANA special
// purpose registries of RFC 6890). An IPv6 address that carries an IPv4 one
// for a translator or a tunnel is judged by the one that it carries.
func restrictedAddress(a netip.Addr) bool {
	a = a.Unmap()
	if a.IsPrivate() || !a.IsGlobalUnicast() {
		return true
	}
	if inner, ok := carried(a); ok {
		return restrictedAddress(inner)
	}
	for _, special := range [...]string{
		"0.0.0.0/8",       // this network
		"100.64.0.0/10",   // shared by carriers
		"192.0.0.0/24",    // protocol assignments
		"198.18.0.0/15",   // benchmarks
		"240.0.0.0/4",     // reserved
		"::/96",           // IPv4-compatible, deprecated
		"64:ff9b:1::/48",  // translation within a site
		"2001::/32",       // Teredo
		"fec0::/10",       // site-local, deprecated
		"100::/64",        // discarded
		"192.0.2.0/24",    // documentation
		"198.51.100.0/24", // documentation
		"203.0.113.0/24",  // documentation
		"2001:db8::/32",   // documentation
	} {
		if netip.MustParsePrefix(special).Contains(a) {
			return true
		}
	}
	return false
}

// carried is the IPv4 address within one of NAT64 (RFC 6052, section 2.1) or of
// 6to4 (RFC 3056, section 2).
func carried(a netip.Addr) (netip.Addr, bool) {
	octets := a.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(a):
		return netip.AddrFrom4([4]byte(octets[12:])), true
	case netip.MustParsePrefix("2002::/16").Contains(a):
		return netip.AddrFrom4([4]byte(octets[2:6])), true
	}
	return netip.Addr{}, false
}
