// Package lab simulates Windows hosts on loopback: their HTTP and HTTPS listeners with the answers of http.sys
// and WinRM, an NTLM acceptor that really verifies, and named defects that people meet. It is the demonstration,
// and the oracle of the tests: it decides by its own policy and shares no decision with what looks at it.
//
// The answers follow recordings of real hosts where there are any. Where there are none the comment says that
// the form is believed.
package lab

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"pstest/certs"
	"pstest/negotiate"
)

// Options says where and for whom a scenario is served. The zero value serves on 127.0.0.1, on any free ports,
// with the machine's clock and a password made for this run.
type Options struct {
	Hosts     []string         // names and addresses that the certificate names; nil: DefaultHosts()
	Now       func() time.Time // every date that the host shows follows it; nil: time.Now
	Listen    string           // address to listen on; "": "127.0.0.1"
	HTTPPort  int              // 0: any free port
	HTTPSPort int              // 0: any free port
	MaxTLS    uint16           // highest TLS version, where the scenario has no own; 0: the highest there is
	User      string           // name of the account on the host, without a qualifier; "": "alice"
	Password  string           // "": a random one
	Rand      io.Reader        // challenges, ids, password; nil: crypto/rand
	Wire      io.Writer        // gets what clients send on both ports, as it is on the wire; connections write side by side
	Network   bool             // ports that stay silent or refuse exist in a Network alone: no socket is opened for them
}

// DefaultHosts are the names and addresses that a host's certificate names unless told otherwise.
func DefaultHosts() []string {
	return []string{"win01.lab.test", "WIN01", "localhost", "127.0.0.1", "::1"}
}

func (o Options) filled() (Options, error) {
	if o.Hosts == nil {
		o.Hosts = DefaultHosts()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1"
	}
	if o.User == "" {
		o.User = "alice"
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	o.Rand = &lockedReader{r: o.Rand}
	if o.Password != "" {
		return o, nil
	}
	password, err := newPassword(o.Rand)
	o.Password = password
	return o, err
}

// newPassword makes a password that meets Windows' complexity rule and needs no quoting in a shell.
func newPassword(r io.Reader) (string, error) {
	b := make([]byte, 15)
	if _, err := io.ReadFull(r, b); err != nil {
		return "", fmt.Errorf("make a password: %w", err)
	}
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	return "Lab7-" + s[:8] + "-" + s[8:16] + "-" + s[16:], nil
}

// lockedReader lets the connections of a host share one source.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

// Host is one simulated host that is being served. Close ends it.
type Host struct {
	Name      string // of the scenario
	Addr      string // the address that both ports are on
	HTTPPort  int    // of a listener that refuses: a port on which nothing listens; 0: there is none outside of a Network
	HTTPSPort int
	User      string // the account to use, in the form that the scenario is about
	Password  string // the password to use; in some scenarios a wrong one
	CAPEM     []byte // the root to trust

	config   Config
	options  Options
	tls      *tls.Config
	bindings []byte // what channel bindings must say; nil: nothing can be said about the certificate
	secret   negotiate.Secret

	ctx     context.Context
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	slots   chan struct{}
	mu      sync.Mutex
	open    map[io.Closer]struct{}
	closed  bool
	record  recorder
	service service
}

// Start serves a scenario until Close, or until ctx is done. An error means that a port is not to be had, that the
// scenario names something impossible, or (errors.ErrUnsupported) that this system can't show it.
func Start(ctx context.Context, s Scenario, o Options) (*Host, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	h := &Host{Name: s.Name, Addr: o.Listen, options: o, slots: make(chan struct{}, maxConnections),
		open: map[io.Closer]struct{}{}}
	h.config = healthyConfig(o)
	if s.Setup != nil {
		s.Setup(&h.config)
	}
	h.User, h.Password = h.config.LogonAs, h.config.LogonWith
	h.CAPEM = certs.MintCA()
	h.secret = negotiate.NewSecret(h.config.Account.Password)
	h.service.host = h
	if h.tls, err = h.newTLS(); err != nil {
		return nil, fmt.Errorf("lab scenario %s: %w", s.Name, err)
	}
	h.ctx, h.cancel = context.WithCancel(ctx)
	if err := h.listen(); err != nil {
		h.Close()
		return nil, fmt.Errorf("lab scenario %s: %w", s.Name, err)
	}
	context.AfterFunc(h.ctx, h.shut)
	return h, nil
}

// listen opens both ports.
func (h *Host) listen() (err error) {
	if h.HTTPPort, err = h.openPort(&h.config.HTTP, h.options.HTTPPort); err != nil {
		return fmt.Errorf("http port: %w", err)
	}
	if h.HTTPSPort, err = h.openPort(&h.config.HTTPS, h.options.HTTPSPort); err != nil {
		return fmt.Errorf("https port: %w", err)
	}
	return nil
}

// Close ends the host and waits until nothing of it runs. It may be called again.
func (h *Host) Close() {
	h.cancel()
	h.shut()
	h.wg.Wait()
}

// shut closes every socket, which ends what reads or writes them.
func (h *Host) shut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for c := range h.open {
		_ = c.Close() // a second close is no matter
	}
	clear(h.open)
}

// keep has c closed with the host; false: the host is closed already, and so is c.
func (h *Host) keep(c io.Closer) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		_ = c.Close()
		return false
	}
	h.open[c] = struct{}{}
	return true
}

// drop closes c.
func (h *Host) drop(c io.Closer) {
	h.mu.Lock()
	delete(h.open, c)
	h.mu.Unlock()
	_ = c.Close()
}

// now is the host's own clock.
func (h *Host) now() time.Time { return h.options.Now().Add(h.config.ClockOffset) }
