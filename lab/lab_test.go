package lab

import (
	"bufio"
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start serves a scenario for one test.
func start(t *testing.T, name string, change func(*Config)) *Host {
	t.Helper()
	s, ok := Find(name)
	if !ok {
		t.Fatalf("no scenario %q", name)
	}
	if setup := s.Setup; change != nil {
		s.Setup = func(c *Config) {
			if setup != nil {
				setup(c)
			}
			change(c)
		}
	}
	h, err := Start(context.Background(), s, Options{Now: fixedNow})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// fixedNow lies in the validity of what is minted for it.
func fixedNow() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// say sends bytes to the HTTP port and returns all that comes until the host closes or pauses.
func say(t *testing.T, h *Host, text string) string {
	t.Helper()
	c, err := net.Dial("tcp", net.JoinHostPort(h.Addr, strconv.Itoa(h.HTTPPort)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
	got, _ := io.ReadAll(bufio.NewReader(c)) // the deadline ends an answer that keeps the connection
	return string(got)
}

func TestFirst401IsTheRecordedOne(t *testing.T) {
	h := start(t, "healthy", func(c *Config) {
		c.HTTP.Offers = []string{offerNegotiate, offerKerberos, offerBasic, "CredSSP"}
	})
	got := say(t, h, "POST /wsman HTTP/1.1\r\nHost: win01\r\nContent-Length: 0\r\n\r\n")
	want := strings.Join([]string{
		"HTTP/1.1 401 ",
		"Server: Microsoft-HTTPAPI/2.0",
		"WWW-Authenticate: Negotiate",
		"WWW-Authenticate: Kerberos",
		`WWW-Authenticate: Basic realm="WSMAN"`,
		"WWW-Authenticate: CredSSP",
		"Date: Sun, 01 Mar 2026 12:00:00 GMT",
		"Connection: close",
		"Content-Length: 0", "", ""}, "\r\n")
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}
