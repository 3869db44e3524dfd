//go:build unix

package lab

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
)

// reserve binds a port without listening on it, so that it refuses connections and nobody else takes it.
func reserve(address string, port int) (io.Closer, int, error) {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return nil, 0, err
	}
	family, sa := syscall.AF_INET6, syscall.Sockaddr(&syscall.SockaddrInet6{Port: port, Addr: addr.As16()})
	if addr.Is4() {
		family, sa = syscall.AF_INET, &syscall.SockaddrInet4{Port: port, Addr: addr.As4()}
	}
	fd, err := syscall.Socket(family, syscall.SOCK_STREAM, 0)
	if err != nil {
		return nil, 0, os.NewSyscallError("socket", err)
	}
	syscall.CloseOnExec(fd)
	if err := syscall.Bind(fd, sa); err != nil {
		_ = syscall.Close(fd)
		return nil, 0, fmt.Errorf("bind %s: %w", net.JoinHostPort(address, fmt.Sprint(port)), err)
	}
	port, err = boundPort(fd)
	return descriptor(fd), port, err
}

func boundPort(fd int) (int, error) {
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		return 0, os.NewSyscallError("getsockname", err)
	}
	switch sa := sa.(type) {
	case *syscall.SockaddrInet4:
		return sa.Port, nil
	case *syscall.SockaddrInet6:
		return sa.Port, nil
	}
	return 0, fmt.Errorf("an address of type %T", sa)
}

// descriptor is a socket of which only Close is needed.
type descriptor int

func (d descriptor) Close() error { return syscall.Close(int(d)) }
