package probe

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"pstest/negotiate"
)

func TestClassify(t *testing.T) {
	remote := func(text string) error { return &net.OpError{Op: "remote error", Err: errors.New("tls: " + text)} }
	for _, c := range []struct {
		err  error
		want Class
	}{
		{&net.DNSError{Err: "no such host", IsNotFound: true}, ClassDNS},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, ClassRefused},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}, ClassUnroutable},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}, ClassUnroutable},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.EMFILE)}, ClassOurs},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, ClassSilent},
		{&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, ClassReset},
		{io.EOF, ClassReset},
		{io.ErrUnexpectedEOF, ClassReset},
		{errTooLarge, ClassTooLarge},
		{tls.RecordHeaderError{RecordHeader: [5]byte{'H', 'T', 'T', 'P', '/'}}, ClassPlainOnTLS},
		{tls.RecordHeaderError{RecordHeader: [5]byte{'S', 'S', 'H', '-', '2'}}, ClassNotTLS},
		{remote("protocol version not supported"), ClassTLSVersion},
		{remote("handshake failure"), ClassTLSAlert},
		{errors.New(`malformed HTTP response "SSH-2.0-OpenSSH"`), ClassMalformed},
	} {
		if got := classify(c.err); got != c.want {
			t.Errorf("%v: %s, not %s", c.err, got, c.want)
		}
	}
}

// FuzzAnswer feeds arbitrary bytes to the reader of answers: it must end, stay
// in its bounds and give texts that are safe for a terminal.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 401 \r\nServer: Microsoft-HTTPAPI/2.0\r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n"))
	f.Add([]byte("SSH-2.0-OpenSSH_9.2\r\n"))
	f.Add([]byte("HTTP/1.1 401 \x1b[31m\r\nServer: \x1b]0;x\x07\r\n\r\n<title>\u202e</title>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		client, host := net.Pipe()
		go func() { host.Write(data); host.Close() }()
		go io.Copy(io.Discard, host)
		defer client.Close()
		client.SetDeadline(time.Now().Add(5 * time.Second))
		w := newWire(client)
		l := line{run: &run{scrub: newScrubber(negotiate.Secret{}), env: Env{Now: time.Now}, req: Request{Target: Target{Host: "h"}}}, addr: netip.MustParseAddr("192.0.2.1"), port: 5985}
		a, err := w.exchange(l, "/wsman", message{})
		if len(a.body) > maxBodyBytes+1 {
			t.Fatalf("%d bytes of body", len(a.body))
		}
		if err != nil {
			return
		}
		c := l.run.readChallenge(a)
		for _, s := range []string{c.Server, c.Via, c.Title, c.Type} {
			if strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
				t.Fatalf("unsafe text %q", s)
			}
		}
	})
}

// FuzzCertificateMessage: no flight of a host may break the raw reader.
func FuzzCertificateMessage(f *testing.F) {
	f.Add([]byte{22, 3, 3, 0, 14, 11, 0, 0, 10, 0, 0, 7, 0, 0, 4, 1, 2, 3, 4})
	f.Add([]byte{22, 3, 3, 255, 255, 11, 255, 255, 255})
	f.Fuzz(func(t *testing.T, flight []byte) {
		for _, der := range certificateMessage(flight) {
			if !bytes.Contains(flight, der[:min(len(der), 1)]) {
				t.Fatal("bytes that were not sent")
			}
		}
	})
}

func TestCertificateMessage(t *testing.T) {
	got := certificateMessage([]byte{22, 3, 3, 0, 4, 2, 0, 0, 0, 22, 3, 3, 0, 14, 11, 0, 0, 10, 0, 0, 7, 0, 0, 4, 1, 2, 3, 4})
	if len(got) != 1 || !bytes.Equal(got[0], []byte{1, 2, 3, 4}) {
		t.Errorf("%v", got)
	}
}
