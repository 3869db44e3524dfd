package probe

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"
)

// line is one address and port of the host, and what is needed to open
// connections to it.
type line struct {
	run   *run
	addr  netip.Addr
	port  int
	https bool
	ready *readyConn // a connection that choosing the address left open; nil: none
}

// readyConn is what choosing an address left: a connection for the first that
// asks, or the failure for all.
type readyConn struct {
	once sync.Once
	conn net.Conn
	fail *Failure
}

func (c *readyConn) take() (net.Conn, *Failure) {
	if c == nil {
		return nil, nil
	}
	if c.fail != nil {
		return nil, c.fail
	}
	var conn net.Conn
	c.once.Do(func() { conn = c.conn })
	return conn, nil
}

// drop closes the connection if nobody took it.
func (c *readyConn) drop() {
	if conn, _ := c.take(); conn != nil {
		conn.Close()
	}
}

func (l line) address() string { return joinPort(l.addr.String(), l.port) }

// hostport is the Host header and the URL's authority: the name that was asked
// for, whatever the address. A zone is of this machine alone and is left out.
func (l line) hostport() string {
	host, _, _ := strings.Cut(l.run.req.Target.Host, "%")
	return joinPort(host, l.port)
}

func (l line) url(path string) string {
	if l.https {
		return "https://" + l.hostport() + path
	}
	return "http://" + l.hostport() + path
}

func joinPort(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// open makes one TCP connection.
func (l line) open(ctx context.Context) (net.Conn, *Failure) {
	if conn, fail := l.ready.take(); conn != nil || fail != nil {
		return conn, fail
	}
	return l.run.dial(ctx, l.addr, l.port, l.run.bounds.dial)
}

// openWire is open, for HTTP.
func (l line) openWire(ctx context.Context) (*wire, *Failure) {
	conn, fail := l.open(ctx)
	if fail != nil {
		return nil, fail
	}
	return newWire(conn), nil
}

// reopen is openWire, with the reason in words.
func (l line) reopen(ctx context.Context) (*wire, string) {
	w, fail := l.openWire(ctx)
	if fail != nil {
		return nil, fail.why(l.port)
	}
	return w, ""
}

// reopenTLS opens another TLS connection to the same certificate.
func (r *run) reopenTLS(l line, own shaken) func(context.Context) (*wire, string) {
	return func(ctx context.Context) (*wire, string) {
		conn, why := r.again(ctx, l)
		if conn == nil {
			return nil, why
		}
		if leaf := conn.ConnectionState().PeerCertificates[0]; !leaf.Equal(own.leaf) {
			conn.Close()
			return nil, "the host served another certificate on the second connection"
		}
		return newWire(conn), ""
	}
}

func (r *run) dial(ctx context.Context, addr netip.Addr, port int, bound time.Duration) (net.Conn, *Failure) {
	ctx2, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	address := joinPort(addr.String(), port)
	conn, err := r.env.Dial(ctx2, "tcp", address)
	if err != nil {
		f := failure(ctxErr(ctx, err), "dial "+address)
		r.trace("dial", "address", address, "failure", f.String())
		return nil, f
	}
	r.trace("dial", "address", address, "local", localOf(conn))
	return conn, nil
}

// dialed makes the observation of a connection attempt.
func (r *run) dialed(addr netip.Addr, port int, conn net.Conn, f *Failure) Observed[Dial] {
	d := Dial{Address: addr.String(), Port: port, OnLink: r.env.OnLink != nil && r.env.OnLink(addr)}
	if f != nil {
		o := Fail[Dial](f)
		o.Value = d
		return o
	}
	d.Local = localOf(conn)
	return See(d)
}

func localOf(conn net.Conn) string {
	host, _, err := net.SplitHostPort(conn.LocalAddr().String())
	if err != nil {
		return ""
	}
	return host
}

func (f *Failure) why(port int) string {
	return fmt.Sprintf("no connection to port %d (%s)", port, f.Class)
}
