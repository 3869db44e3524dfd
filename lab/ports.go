package lab

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

const (
	// maxConnections is how many connections a host serves at once; further ones are closed at once.
	maxConnections = 256
	// idleTime ends a connection on which nothing happens.
	idleTime = 2 * time.Minute
	// writeTime bounds one answer.
	writeTime = 30 * time.Second
)

// openPort makes one port behave as its listener says and returns its number.
func (h *Host) openPort(l *Listener, port int) (int, error) {
	switch l.Reach {
	case Served:
		return h.serve(l, port)
	case Unroutable:
		return 0, nil
	}
	if h.options.Network {
		return 0, nil
	}
	open := reserve
	if l.Reach == Firewalled {
		open = stuff
	}
	socket, port, err := open(h.options.Listen, port)
	if err != nil {
		return 0, fmt.Errorf("make a port %s: %w", l.Reach, err)
	}
	h.keep(socket)
	return port, nil
}

// serve listens and accepts until the host is closed.
func (h *Host) serve(l *Listener, port int) (int, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort(h.options.Listen, strconv.Itoa(port)))
	if err != nil {
		return 0, err
	}
	h.keep(ln)
	h.wg.Go(func() { h.accept(ln, l) })
	return ln.Addr().(*net.TCPAddr).Port, nil
}

func (h *Host) accept(ln net.Listener, l *Listener) {
	for {
		c, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // out of descriptors: others have to end first
			continue
		}
		select {
		case h.slots <- struct{}{}:
			h.wg.Go(func() {
				defer func() { <-h.slots }()
				h.connection(c, l)
			})
		default:
			_ = c.Close()
		}
	}
}

// tapped copies what the client sends, as it is on the wire.
type tapped struct {
	net.Conn
	to io.Writer
}

func (t *tapped) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	_, _ = t.to.Write(b[:n]) // a listener-in that fails is its own matter
	return n, err
}

// sockets closes several at once.
type sockets struct{ list []io.Closer }

func (s *sockets) Close() error {
	for _, c := range s.list {
		_ = c.Close() // nothing is left to do about it
	}
	return nil
}
