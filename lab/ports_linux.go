package lab

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"syscall"
	"time"
)

// stuff makes a port silent: it listens with the shortest queue, fills it, and accepts nothing. Linux drops the
// opening segments of further connections without a word (net/ipv4/tcp_input.c, tcp_conn_request), as a firewall does.
func stuff(address string, port int) (io.Closer, int, error) {
	ln, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	if err != nil {
		return nil, 0, err
	}
	held := &sockets{list: []io.Closer{ln}}
	if err := shorten(ln.(*net.TCPListener)); err != nil {
		return nil, 0, fmt.Errorf("%w, %w", err, held.Close())
	}
	for range 8 { // two fill the queue; the first that stays unanswered proves it
		c, err := net.DialTimeout("tcp", ln.Addr().String(), 100*time.Millisecond)
		if err != nil {
			return held, ln.Addr().(*net.TCPAddr).Port, nil
		}
		held.list = append(held.list, c)
	}
	_ = held.Close()
	return nil, 0, fmt.Errorf("the queue of %s does not fill", ln.Addr())
}

// shorten sets the queue of a socket that listens already to one connection.
func shorten(ln *net.TCPListener) error {
	raw, err := ln.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = syscall.Listen(int(fd), 0) }); err != nil {
		return err
	}
	return inner
}
