package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"pstest/wsman"
)

const anonymous = "POST /wsman HTTP/1.1\r\nHost: win01\r\nContent-Length: 0\r\n\r\n"

// opened is a connection to the HTTP port on which a request was sent.
func opened(t *testing.T, h *Host, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", net.JoinHostPort(h.Addr, fmt.Sprint(h.HTTPPort)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(3 * time.Second))
	return c
}

func TestWhoAnswersInsteadOfWinRM(t *testing.T) {
	for scenario, want := range map[string][]string{
		"iis-404":          {"HTTP/1.1 404 Not Found\r\nServer: Microsoft-IIS/10.0\r\n"},
		"filter-404":       {"HTTP/1.1 404 Not Found\r\n", "Server: Microsoft-HTTPAPI/2.0\r\n", "text/html"},
		"service-503":      {"HTTP/1.1 503 ", "Server: Microsoft-HTTPAPI/2.0\r\n"},
		"proxy-in-the-way": {"HTTP/1.1 407 ", "Via: 1.1 proxy", "X-Squid-Error"},
		"omi":              {"HTTP/1.1 401 Unauthorized\r\n", `WWW-Authenticate: Basic realm="WSMAN"`},
		"redirect-loop":    {"HTTP/1.1 307 ", "Location: /wsman\r\n"},
		"ssh-on-5985":      {"SSH-2.0-"},
		"terminal-escapes": {"Server: Microsoft-HTTPAPI/2.0\u009b2J", "Basic realm=\"\u009b"},
		"endless-interim":  {"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102"},
		"endless-headers":  {"HTTP/1.1 401 \r\nX-Filler-0: x", "X-Filler-40: x"},
		"endless-body":     {"Content-Length: 1073741824\r\n\r\n<!-- -->"},
		"gzip-bomb":        {"Content-Encoding: gzip\r\n"},
	} {
		h := start(t, scenario, nil)
		c := opened(t, h, anonymous)
		if got, ok := readUntil(c, want); !ok {
			t.Errorf("%s: not all of %q in %.300q", scenario, want, got)
		}
		h.Close()
	}
}

// readUntil reads until all texts came, or no more does.
func readUntil(c net.Conn, texts []string) (string, bool) {
	var got []byte
	for b := make([]byte, 4096); ; {
		n, err := c.Read(b)
		got = append(got, b[:n]...)
		all := true
		for _, text := range texts {
			all = all && strings.Contains(string(got), text)
		}
		if all || err != nil || len(got) > 1<<20 {
			return string(got), all
		}
	}
}

func TestSilence(t *testing.T) {
	for _, scenario := range []string{"silent-listener", "silent-to-anonymous"} {
		h := start(t, scenario, nil)
		c := opened(t, h, anonymous)
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if n, err := c.Read(make([]byte, 1)); n != 0 || !isTimeout(err) {
			t.Errorf("%s: %d bytes, %v", scenario, n, err)
		}
	}
	h := start(t, "silent-to-anonymous", nil)
	line := "Authorization: Negotiate TlRMTVNTUAABAAAAl4II4gAAAAAAAAAAAAAAAAAAAAAKAAAAAAAADw==\r\n"
	c := opened(t, h, strings.Replace(anonymous, "Host", line+"Host", 1))
	if got, err := bufio.NewReader(c).ReadString('\n'); err != nil || got != "HTTP/1.1 401 \r\n" {
		t.Errorf("a type 1 is not answered: %q, %v", got, err)
	}
}

func TestCloseEndsWhatNeverEnds(t *testing.T) {
	for _, scenario := range []string{"endless-headers", "endless-body", "endless-interim", "gzip-bomb", "drip", "silent-listener", "silent-to-anonymous", "ssh-on-5985"} {
		h := start(t, scenario, nil)
		c := opened(t, h, anonymous)
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		_, _ = c.Read(make([]byte, 64)) // whatever comes: the host is busy now
		begin := time.Now()
		h.Close()
		if took := time.Since(begin); took > time.Second {
			t.Errorf("%s: Close took %v", scenario, took)
		}
	}
}

func TestContextEndsTheHost(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	h, err := Start(ctx, Scenarios()[0], Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := opened(t, h, "POST")
	cancel()
	if _, err := io.ReadAll(c); isTimeout(err) {
		t.Error("the connection outlives the context")
	}
	h.Close()
}

func TestPorts(t *testing.T) {
	h := start(t, "no-listeners", nil)
	for _, port := range []int{h.HTTPPort, h.HTTPSPort} {
		if _, err := net.Dial("tcp", net.JoinHostPort(h.Addr, fmt.Sprint(port))); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("port %d: %v", port, err)
		}
	}
	s, _ := Find("firewalled")
	f, err := Start(context.Background(), s, Options{})
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := net.DialTimeout("tcp", net.JoinHostPort(f.Addr, fmt.Sprint(f.HTTPPort)), 50*time.Millisecond); !isTimeout(err) {
		t.Errorf("a silent port: %v", err)
	}
}

// handshake connects over TLS, without looking at the certificate.
func handshake(t *testing.T, scenario string, change func(*tls.Config)) (*tls.Conn, error) {
	t.Helper()
	h := start(t, scenario, nil)
	config := &tls.Config{InsecureSkipVerify: true, Time: fixedNow}
	if change != nil {
		change(config)
	}
	d := tls.Dialer{NetDialer: &net.Dialer{Timeout: 2 * time.Second}, Config: config}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(h.Addr, fmt.Sprint(h.HTTPSPort)))
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*tls.Conn), nil
}

func TestTLSDefects(t *testing.T) {
	legacy := func(c *tls.Config) {
		c.MinVersion, c.MaxVersion, c.CipherSuites = tls10, tls12, append(rsaSuites(), tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA)
	}
	for _, scenario := range []string{"tls-1.1-only", "tls-rsa-key-exchange"} {
		if _, err := handshake(t, scenario, nil); err == nil {
			t.Errorf("%s: a default handshake succeeds", scenario)
		}
		if _, err := handshake(t, scenario, legacy); err != nil {
			t.Errorf("%s, asked as old clients do: %v", scenario, err)
		}
	}
	for _, scenario := range []string{"client-certificate-required", "garbage-tls", "slow-tls", "http-on-5986"} {
		if _, err := handshake(t, scenario, nil); err == nil {
			t.Errorf("%s: the handshake succeeds", scenario)
		}
	}
	c, err := handshake(t, "client-certificate-required-tls13", nil)
	if err != nil {
		t.Fatalf("TLS 1.3 tells only later: %v", err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("first read: %v", err)
	}
}

func TestPortsThatSpeakTheOther(t *testing.T) {
	if got := say(t, start(t, "tls-on-5985", nil), anonymous); got != "" {
		t.Errorf("plain HTTP to TLS: %q", got)
	}
	if got := say(t, start(t, "healthy", nil), "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"); !strings.HasPrefix(got, "HTTP/1.1 400 Bad Request\r\n") {
		t.Errorf("TLS to plain HTTP: %q", got)
	}
}

func TestEachCertificateIsServed(t *testing.T) {
	for _, s := range certificateScenarios() {
		c, err := handshake(t, s.Name, func(c *tls.Config) { c.MaxVersion = tls13 })
		if err != nil && s.Name != "negative-serial" { // Go's client does not read that one at all
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		if err != nil && !strings.Contains(err.Error(), "negative serial") {
			t.Errorf("%s: %v", s.Name, err)
		}
		if c == nil {
			continue
		}
		if got, want := len(c.ConnectionState().OCSPResponse) > 0, stapled(t, s); got != want {
			t.Errorf("%s: stapled %v, want %v", s.Name, got, want)
		}
	}
}

// stapled tells whether a scenario asks for a staple.
func stapled(t *testing.T, s Scenario) bool {
	o, err := Options{Now: fixedNow}.filled()
	if err != nil {
		t.Fatal(err)
	}
	c := healthyConfig(o)
	s.Setup(&c)
	return c.Certificate.Staple != ""
}

func TestRequestsOutOfBounds(t *testing.T) {
	h := start(t, "healthy", nil)
	for text, want := range map[string]string{
		"GET /wsman HTTP/1.1\r\nHost: w\r\n\r\n":                                                      "HTTP/1.1 405 ",
		"POST / HTTP/1.1\r\nHost: w\r\nContent-Length: 0\r\n\r\n":                                     "HTTP/1.1 404 ",
		"POST /WSMan HTTP/1.1\r\nHost: w\r\nContent-Length: 0\r\n\r\n":                                "HTTP/1.1 401 ",
		"POST /wsman HTTP/1.1\r\nHost: w\r\nAuthorization: Negotiate !!\r\nContent-Length: 0\r\n\r\n": "HTTP/1.1 401 ",
		"POST /wsman HTTP/1.1\r\nHost: w\r\nAuthorization: Basic !!\r\nContent-Length: 0\r\n\r\n":     "HTTP/1.1 401 ",
		"not http at all\r\n\r\n": "HTTP/1.1 400 ",
		"POST /wsman HTTP/1.1\r\nHost: w\r\nContent-Length: 2000000\r\n\r\n" + strings.Repeat("x", maxBody+1): "HTTP/1.1 413 ",
		"POST /wsman HTTP/1.1\r\nHost: w\r\nX: " + strings.Repeat("x", maxHeader):                             "",
	} {
		if got := say(t, h, text); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%.60q: %.80q", text, got)
		}
	}
}

func TestAnonymousIdentify(t *testing.T) {
	h := start(t, "healthy", nil)
	body := string(wsman.IdentifyRequest())
	got := say(t, h, fmt.Sprintf("POST /wsman HTTP/1.1\r\nHost: w\r\nWSMANIDENTIFY: unauthenticated\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	if !strings.HasPrefix(got, "HTTP/1.1 200 \r\nContent-Type: application/soap+xml;charset=UTF-8\r\nServer: Microsoft-HTTPAPI/2.0\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nConnection: close\r\nContent-Length: ") ||
		!strings.Contains(got, "OS: 0.0.0 SP: 0.0 Stack: 3.0") {
		t.Errorf("%q", got)
	}
}

// The second leg keeps the connection and has its token before Server.
func TestChallengeLegIsTheRecordedOne(t *testing.T) {
	h := start(t, "healthy", nil)
	c := opened(t, h, strings.Replace(anonymous, "Host",
		"Authorization: Negotiate TlRMTVNTUAABAAAAl4II4gAAAAAAAAAAAAAAAAAAAAAKAAAAAAAADw==\r\nHost", 1))
	var got []string
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == "\r\n" {
			break
		}
		name, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		got = append(got, name)
	}
	want := "HTTP/1.1 401|WWW-Authenticate|Server|Date|Content-Length"
	if strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
	if _, err := io.WriteString(c, anonymous); err != nil {
		t.Fatal(err)
	}
	if r, err := http.ReadResponse(in, nil); err != nil || r.StatusCode != 401 || !r.Close {
		t.Errorf("the connection did not stay: %v, %v", r, err)
	}
}
