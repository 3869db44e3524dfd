package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// listener is one TLS server that is not as a Go client likes it.
type listener struct {
	name   string
	run    func(t *testing.T, dir string, port, plain int) *server
	broken []string // of tlsLimits, exactly these
	want   want
}

// sServer runs openssl s_server with a certificate and options.
func sServer(certificate string, options ...string) func(*testing.T, string, int, int) *server {
	return func(t *testing.T, dir string, port, _ int) *server {
		argv := append([]string{"bash", "servers/s_server.sh", dir, strconv.Itoa(port), certificate}, options...)
		return start(t, []int{port}, argv...)
	}
}

// stunnel puts stunnel before nginx.
func stunnel(certificate string, options ...string) func(*testing.T, string, int, int) *server {
	return func(t *testing.T, dir string, port, plain int) *server {
		argv := []string{"bash", "servers/stunnel.sh", dir, strconv.Itoa(port), strconv.Itoa(plain), certificate}
		return start(t, []int{port}, append(argv, options...)...)
	}
}

// banner runs a port that is not WinRM's.
func banner(kind string) func(*testing.T, string, int, int) *server {
	return func(t *testing.T, _ string, port, _ int) *server {
		return start(t, []int{port}, "python3", "servers/banner.py", strconv.Itoa(port), kind)
	}
}

// low lets openssl do what it refuses at the security level that Debian sets.
const low = "DEFAULT@SECLEVEL=0"

func listeners() []listener {
	oldOnly := want{routes: map[string]string{"basic-https": "blocked", "negotiate-https": "blocked"},
		facts: map[string]string{"https.tls.state": "failed", "https.legacy.state": "seen"}}
	works := want{routes: map[string]string{"basic-https": "works"}}
	return []listener{
		{name: "s_server TLS 1.0 only", run: sServer("good", "-tls1", "-cipher", low), broken: []string{"tls-version"}, want: oldOnly},
		{name: "s_server TLS 1.1 only", run: sServer("good", "-tls1_1", "-cipher", low), broken: []string{"tls-version"}, want: oldOnly},
		{name: "s_server RSA key exchange only", run: sServer("good", "-tls1_2", "-cipher", "AES256-GCM-SHA384:AES128-GCM-SHA256"), broken: []string{"tls-version"}, want: oldOnly},
		{name: "s_server CBC with SHA-256 only", run: sServer("good", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256"), broken: []string{"tls-version"}, want: oldOnly},
		{name: "s_server client certificate TLS 1.2", run: sServer("good", "-tls1_2", "-Verify", "1", "-verify_return_error"), broken: []string{"client-certificate"},
			want: want{routes: map[string]string{"basic-https": "blocked"}}},
		{name: "s_server client certificate TLS 1.3", run: sServer("good", "-tls1_3", "-Verify", "1", "-verify_return_error"), broken: []string{"client-certificate"},
			want: want{routes: map[string]string{"basic-https": "blocked"}}},
		{name: "s_server staple revoked", run: func(t *testing.T, dir string, port, plain int) *server {
			return sServer("staple-revoked", "-status_file", filepath.Join(dir, "certs", "staple-revoked.der"))(t, dir, port, plain)
		}, broken: []string{"certificate-not-revoked"}, want: want{routes: map[string]string{"basic-https": "blocked"}}},
		{name: "s_server that answers no request", run: sServer("good"),
			want: want{verdicts: map[string]string{"answers-requests": "broken"}, facts: map[string]string{"https.tls.state": "seen"}}},
		{name: "stunnel TLS 1.1 only", run: stunnel("good", "sslVersionMin = TLSv1", "sslVersionMax = TLSv1.1", "securityLevel = 0", "ciphers = "+low),
			broken: []string{"tls-version"}, want: oldOnly},
		{name: "stunnel TLS 1.2 only", run: stunnel("good", "sslVersionMax = TLSv1.2"), want: works},
		{name: "stunnel TLS 1.3 only", run: stunnel("good", "sslVersionMin = TLSv1.3"), want: works},
		{name: "stunnel CBC with SHA-1 only", run: stunnel("good", "sslVersionMax = TLSv1.2", "ciphers = ECDHE-RSA-AES128-SHA"), want: works},
		{name: "stunnel chain", run: stunnel("with-intermediate"), want: works},
		{name: "stunnel expired", run: stunnel("expired"), broken: []string{"certificate-dates"}, want: want{routes: map[string]string{"basic-https": "blocked"}}},
		// Go names the signatures that it takes in a chain, MD5 is not among them, and openssl then shows no certificate.
		{name: "stunnel MD5 signature", run: stunnel("md5", "sslVersionMax = TLSv1.2", "securityLevel = 0"), broken: []string{"tls-version"},
			want: want{routes: map[string]string{"basic-https": "blocked"}, facts: map[string]string{"https.tls.failure.class": "tls-alert"}}},
		{name: "stunnel P-521 only", run: stunnel("good", "curves = secp521r1"), want: works},
		{name: "SSH on the HTTPS port", run: banner("ssh"), want: want{routes: map[string]string{"basic-https": "blocked"},
			verdicts: map[string]string{"windows-winrm": "broken", "https-listener": "broken"}, facts: map[string]string{"https.tls.failure.class": "not-tls"}}},
		{name: "silence on the HTTPS port", run: banner("silent"), want: want{routes: map[string]string{"basic-https": "blocked"}}},
	}
}

// TestListeners: what a strict Go client can't connect to is explained, a bit of
// everything that it can connect to works, and no listener holds pstest up.
func TestListeners(t *testing.T) {
	needs(t, "bash", "openssl", "nginx", "stunnel4", "python3")
	dir := folder(t)
	plain := nginxPlain(t, dir)
	for _, row := range listeners() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			port := freePorts(t, 1)[0]
			row.run(t, dir, port, plain)
			r := check(t, host{name: "localhost", http: plain, https: port, user: user})
			r.hold(t, row.want)
			r.brokenExactly(t, row.broken)
			inTime(t, r)
		})
	}
}

// inTime: a check is bounded by its --timeout of 15 s.
func inTime(t *testing.T, r result) {
	t.Helper()
	if r.took > 18*time.Second {
		t.Errorf("took %v", r.took)
	}
}

// nginxPlain runs an nginx without TLS, Basic on /wsman.
func nginxPlain(t *testing.T, dir string) int {
	t.Helper()
	port := freePorts(t, 1)[0]
	if err := os.WriteFile(filepath.Join(dir, "listeners"), fmt.Appendf(nil, "%d plain\n", port), 0o644); err != nil {
		t.Fatal(err)
	}
	start(t, []int{port}, "bash", "servers/nginx.sh", dir, user, password)
	return port
}

// TestSchemesSwapped: plain HTTP on the HTTPS port and TLS on the HTTP port.
func TestSchemesSwapped(t *testing.T) {
	needs(t, "bash", "openssl", "nginx", "stunnel4")
	dir := folder(t)
	plain := nginxPlain(t, dir)
	secure := freePorts(t, 1)[0]
	stunnel("good")(t, dir, secure, plain)
	for _, row := range []struct {
		name        string
		http, https int
	}{
		{"plain HTTP on the HTTPS port", plain, plain},
		{"TLS on the HTTP port", secure, secure},
		{"both ports swapped", secure, plain},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := check(t, host{name: "localhost", http: row.http, https: row.https, user: user})
			r.hold(t, want{verdicts: map[string]string{"scheme-on-port": "broken"}})
		})
	}
}

// TestNobodyListens: refused ports and a port of another service on the HTTP side.
func TestNobodyListens(t *testing.T) {
	needs(t, "python3", "bash", "openssl")
	folder(t) // for the CA file
	t.Run("refused", func(t *testing.T) {
		r := check(t, host{name: "localhost", user: user})
		r.hold(t, want{verdicts: map[string]string{"port-listening": "broken"}, facts: map[string]string{
			"http.dial.failure.class": "refused", "https.dial.failure.class": "refused"}})
	})
	t.Run("SSH", func(t *testing.T) {
		port := freePorts(t, 1)[0]
		banner("ssh")(t, "", port, 0)
		r := check(t, host{name: "localhost", http: port, user: user})
		r.hold(t, want{routes: map[string]string{"negotiate-http": "blocked"}})
	})
	t.Run("silent", func(t *testing.T) {
		port := freePorts(t, 1)[0]
		banner("silent")(t, "", port, 0)
		r := check(t, host{name: "localhost", http: port, user: user})
		r.hold(t, want{
			verdicts: map[string]string{"answers-requests": "broken", "https-listener": "broken"},
			because:  map[string]string{"negotiate-http": "answers-requests", "basic-https": "https-listener", "negotiate-https": "https-listener"},
		})
		inTime(t, r)
	})
	t.Run("unresolvable", func(t *testing.T) {
		r := check(t, host{name: "nosuch.invalid", user: user})
		if r.way("negotiate-http") == "works" || r.Status == 0 {
			t.Error(r.summary())
		}
	})
}
