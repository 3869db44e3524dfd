package interop

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// notWindows is what every server here must be told to be.
var notWindows = map[string]string{"windows-winrm": "broken"}

// TestApache: NTLM under Negotiate with gss-ntlmssp as the acceptor, over HTTP and HTTPS,
// and Basic over HTTPS.
func TestApache(t *testing.T) {
	needs(t, "bash", "openssl", "apache2")
	needsNTLM(t)
	dir := folder(t)
	p := freePorts(t, 3)
	http, https, basic := p[0], p[1], p[2]
	start(t, p, "bash", "servers/apache.sh", dir, strconv.Itoa(http), strconv.Itoa(https), strconv.Itoa(basic), user, password)

	t.Run("negotiate", func(t *testing.T) {
		r := check(t, host{name: "localhost", http: http, https: https, user: domain + `\` + user})
		r.hold(t, want{
			verdicts: map[string]string{"windows-winrm": "broken", "negotiate-offered": "met", "basic-offered": "broken", "certificate-name": "met"},
			facts: map[string]string{
				"http.ntlm.value.netbiosComputer": "APACHE", "http.ntlm.value.netbiosDomain": domain, "http.ntlm.value.form": "spnego",
				"https.negotiate.value.status": "200", "https.negotiate.value.sent": "ntlm-response",
				"https.negotiate.value.outcome": "accepted", "https.negotiate.value.mutual": "true",
				"https.negotiate.value.identity.productVendor": "",
				"http.negotiate.value.sealed":                  "",
			},
		})
		if r.way("negotiate-http") == "works" {
			t.Errorf("Apache does not seal, and the sealed route is said to work\n%s", r.summary())
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		r := check(t, host{name: "localhost", http: http, https: https, user: domain + `\` + user, password: "not-the-one"})
		r.hold(t, want{verdicts: map[string]string{"credentials": "broken"}, facts: map[string]string{"http.negotiate.value.outcome": "rejected"}})
		if r.Status == 0 {
			t.Error("status 0 with a wrong password")
		}
	})
	t.Run("basic", func(t *testing.T) {
		r := check(t, host{name: "localhost", http: http, https: basic, user: user})
		r.hold(t, want{
			verdicts: map[string]string{"windows-winrm": "broken", "basic-offered": "met"},
			routes:   map[string]string{"basic-https": "works"},
			facts:    map[string]string{"https.basic.value.outcome": "accepted", "https.basic.value.sent": "password"},
		})
	})
	t.Run("without an account", func(t *testing.T) {
		r := check(t, host{name: "localhost", http: http, https: basic})
		r.hold(t, want{verdicts: notWindows, facts: map[string]string{"https.basic.state": "not-run", "http.negotiate.state": "not-run"}})
	})
}

// sealingHost runs the acceptor that seals, and returns its ports and its folder.
func sealingHost(t *testing.T, options ...string) (http, https int, dir string) {
	t.Helper()
	needs(t, "bash", "openssl", "/usr/bin/python3")
	needsNTLM(t)
	if _, stderr, status := output(t, 20e9, nil, "/usr/bin/python3", "-c", "import gssapi"); status != 0 {
		missing(t, "python3-gssapi is not installed: %s", stderr)
	}
	dir = folder(t)
	p := freePorts(t, 2)
	argv := []string{"/usr/bin/python3", "servers/sealing.py", "--dir", dir, "--http", strconv.Itoa(p[0]), "--https", strconv.Itoa(p[1]),
		"--user", user, "--password-file", passwordFile(t, password)}
	start(t, p, append(argv, options...)...)
	return p[0], p[1], dir
}

// TestSealing: messages are sealed by pstest and opened by gss-ntlmssp, and the other way
// round; the channel bindings are those of the certificate, SHA-384 ones too.
func TestSealing(t *testing.T) {
	for _, row := range []struct {
		name, form, tokens string
		options            []string
	}{
		{"SPNEGO", "both", "spnego", nil},
		{"raw NTLMSSP alone", "raw", "raw", nil},
		{"ECDSA P-384 with SHA-384", "both", "spnego", []string{"--cert", "ecdsa-p384"}},
		{"SHA-1, bound with SHA-256", "both", "spnego", []string{"--cert", "sha1"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			http, https, dir := sealingHost(t, append(row.options, "--form", row.form)...)
			r := check(t, host{name: "localhost", http: http, https: https, user: domain + `\` + user,
				flags: insecureFor(row.options)})
			r.hold(t, want{
				verdicts: map[string]string{"windows-winrm": "broken", "negotiate-offered": "met", "negotiate-sealed": "met"},
				routes:   map[string]string{"negotiate-http": "works", "negotiate-https": "works"},
				facts: map[string]string{
					"http.negotiate.value.outcome": "accepted", "http.negotiate.value.sealed": "true", "http.negotiate.value.form": row.tokens,
					"https.negotiate.value.outcome": "accepted", "http.ntlm.value.netbiosDomain": domain,
				},
			})
			served(t, dir, http, "sealed", row.tokens)
			served(t, dir, https, "clear", row.tokens)
		})
	}
}

func insecureFor(options []string) []string {
	for _, o := range options {
		if o == "sha1" { // no Go client trusts it
			return []string{"--insecure"}
		}
	}
	return nil
}

// served: the acceptor's own log has an authenticated Identify on that port.
func served(t *testing.T, dir string, port int, how, form string) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(dir, "sealing.log"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(log)) {
		var l struct {
			Port, Status    int
			Form, User, Why string
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Port == port && l.Status == 200 && l.Why == how && l.Form == form && strings.EqualFold(l.User, domain+`\`+user) {
			return
		}
	}
	t.Errorf("no %s Identify of %s on port %d in the acceptor's log:\n%s", how, form, port, log)
}

// TestWrongPasswordOnce: a wrong password costs exactly one failed logon.
func TestWrongPasswordOnce(t *testing.T) {
	http, https, dir := sealingHost(t)
	r := check(t, host{name: "localhost", http: http, https: https, user: domain + `\` + user, password: "not-the-one"})
	r.hold(t, want{verdicts: map[string]string{"credentials": "broken"}})
	log, err := os.ReadFile(filepath.Join(dir, "sealing.log"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(log), "handshake: "); n != 1 {
		t.Errorf("%d failed logons, want 1:\n%s", n, log)
	}
}
