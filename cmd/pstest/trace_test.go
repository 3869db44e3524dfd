package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestTrace: the step first, one line an exchange, and no connection twice.
func TestTrace(t *testing.T) {
	var out bytes.Buffer
	log := newTrace(&out)
	log.Debug("resolved", "host", "h", "addresses", []string{"127.0.0.1"})
	for range 3 {
		log.Debug("dial", "address", "127.0.0.1:5985", "local", "127.0.0.1")
		log.Debug("tls", "step", "TLS handshake with 127.0.0.1:5986", "version", "TLS 1.3", "suite", "X", "vetted", "certificate")
	}
	log.Debug("dial", "address", "127.0.0.1:5985", "failure", "dial 127.0.0.1:5985: connection refused (refused)")
	for range 2 {
		log.Debug("exchange", "step", "http.basic", "url", "http://h:5985/wsman", "sent", 236, "status", 401, "got", 152, "took", 1500*time.Microsecond, "failure", "",
			"request", []string{"Content-Type: application/soap+xml;charset=UTF-8", "Authorization: Basic (a canary, not shown)"},
			"answer", []string{"Content-Length: 0", "Server: x\x1b[31m"})
	}
	log.Debug("exchange", "step", "http.ntlm", "url", "http://h:5985/wsman", "sent", 0, "took", time.Second, "failure", "no answer (silent)", "request", []string(nil))
	want := `resolved         addresses=[127.0.0.1] host=h
dial             127.0.0.1:5985: connected
tls              127.0.0.1:5986: TLS 1.3, X, certificate: certificate
dial             127.0.0.1:5985: connection refused (refused)
http.basic       401 in 1.5 ms, http://h:5985/wsman; sent 236 B, Authorization: Basic (a canary, not shown); got 152 B, Server: x\x1b[31m
http.basic       401 in 1.5 ms, http://h:5985/wsman; sent 236 B, Authorization: Basic (a canary, not shown); got 152 B, Server: x\x1b[31m
http.ntlm        no answer (silent) in 1000.0 ms, http://h:5985/wsman; sent 0 B
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}

// TestTraceOfACheck: every line begins with a word that the report knows, too.
func TestTraceOfACheck(t *testing.T) {
	s := serve(t, "healthy")
	w, _, errs := testWorld("")
	if got := run(t.Context(), s.check("", "--debug").Args[1:], w); got != 0 {
		t.Fatalf("status %d, %s", got, errs)
	}
	lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
	seen := map[string]int{}
	for _, l := range lines {
		step, _, _ := strings.Cut(l, " ")
		seen[step]++
		if strings.Contains(l, s.Password) {
			t.Errorf("the password: %s", l)
		}
	}
	for _, step := range []string{"http.challenge", "http.negotiate", "https.negotiate", "https.basic"} {
		if seen[step] != 1 {
			t.Errorf("%d lines of %s in\n%s", seen[step], step, errs)
		}
	}
	if seen["dial"] != 2 || len(lines) > 16 {
		t.Errorf("%d lines, %d of dial:\n%s", len(lines), seen["dial"], errs)
	}
}
