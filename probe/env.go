package probe

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"time"
)

// Resolver is what Run needs of DNS; *net.Resolver has it.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// Guard is asked before a credential leaves for a host and told what came of
// it. A fleet's guard stops an account that several hosts rejected. Its
// methods are called from several goroutines.
type Guard interface {
	// May tells whether the account may be tried at the host; if not, why.
	May(account, host string) (ok bool, why string)
	// Tell reports the outcome of an attempt that carried the credential.
	Tell(account, host string, o Outcome)
}

// Env is the world that Run sees. All of it can be replaced, so that tests
// have their own clock, names and network.
type Env struct {
	Now      func() time.Time
	Resolver Resolver
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	Getenv   func(string) string
	OnLink   func(netip.Addr) bool // one of our interfaces has the address in its subnet; nil: never
	Rand     io.Reader             // nonces and canaries
	Trace    *slog.Logger          // nil: no trace
	Guard    Guard                 // nil: every attempt that the plan has may be made
}

// DefaultEnv is the real world.
func DefaultEnv() Env {
	d := &net.Dialer{KeepAlive: -1}
	return Env{Now: time.Now, Resolver: net.DefaultResolver, Dial: d.DialContext, Getenv: os.Getenv, OnLink: onLink, Rand: rand.Reader}
}

// onLink tells whether one of our own interfaces has the address in its
// subnet, which is what the firewall's LocalSubnet means seen from here.
func onLink(addr netip.Addr) bool {
	own, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range own {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Contains(addr.WithZone("")) {
			return true
		}
	}
	return false
}
