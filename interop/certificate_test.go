package interop

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// tlsLimits are the limits of which each row names the broken ones, all of them.
var tlsLimits = []string{
	"certificate-name", "certificate-san", "certificate-dates", "certificate-trusted", "certificate-not-revoked",
	"certificate-purpose", "certificate-strength", "self-signed-for-testing", "tls-version", "client-certificate",
	"scheme-on-port", "well-formed-answers",
}

// defect is one certificate that nginx presents and what pstest must say of it.
type defect struct {
	certificate string
	host        string            // "": localhost
	broken      []string          // of tlsLimits, exactly these
	route       string            // basic-https: "works", or what is said instead
	facts       map[string]string // of https.tls.value.chain
}

func defects() []defect {
	return []defect{
		{certificate: "good", route: "works",
			facts: map[string]string{"trust.anchored": "true", "name.matchesCN": "true", "name.matchesSAN": "true"}},
		{certificate: "cn-only", broken: []string{"certificate-san"}, route: "works", // OpenSSL's clients go by the CN where no SAN is
			facts: map[string]string{"name.reason": "cn-only"}},
		{certificate: "cn-not-san", broken: []string{"certificate-san"}, route: "blocked",
			facts: map[string]string{"name.reason": "cn-not-san"}},
		{certificate: "san-other-cn", route: "works",
			facts: map[string]string{"name.cn": "winhost", "name.matchesCN": "", "name.matchesSAN": "true"}},
		{certificate: "wrong-name", broken: []string{"certificate-name"}, route: "blocked",
			facts: map[string]string{"name.reason": "other-name"}},
		{certificate: "ip-as-dns", host: "127.0.0.1", broken: []string{"certificate-san"}, route: "blocked",
			facts: map[string]string{"name.ipAsDNS": "true"}},
		{certificate: "ip-san", host: "127.0.0.1", route: "works", facts: map[string]string{"name.hostIsIP": "true"}},
		{certificate: "expired", broken: []string{"certificate-dates"}, route: "blocked",
			facts: map[string]string{"dates.expired": "true", "dates.where": "0"}},
		{certificate: "not-yet-valid", broken: []string{"certificate-dates"}, route: "blocked",
			facts: map[string]string{"dates.notYet": "true"}},
		{certificate: "self-signed", broken: []string{"self-signed-for-testing", "certificate-trusted"}, route: "blocked",
			facts: map[string]string{"trust.cause": "self-signed"}},
		{certificate: "unknown-ca", broken: []string{"certificate-trusted"}, route: "blocked",
			facts: map[string]string{"trust.cause": "unknown-ca"}},
		{certificate: "three-defects", broken: []string{"certificate-name", "certificate-dates", "certificate-trusted"}, route: "blocked"},
		{certificate: "missing-intermediate", broken: []string{"certificate-trusted"}, route: "blocked",
			facts: map[string]string{"trust.anchored": "", "certificates.1": ""}},
		{certificate: "with-intermediate", route: "works", facts: map[string]string{"certificates.1.isCA": "true"}},
		{certificate: "expired-intermediate", broken: []string{"certificate-dates", "certificate-trusted"}, route: "blocked",
			facts: map[string]string{"trust.cause": "expired-intermediate", "dates.where": "1"}},
		{certificate: "client-purpose", broken: []string{"certificate-purpose"}, route: "blocked",
			facts: map[string]string{"purpose.eku": "other"}},
		{certificate: "no-purpose", route: "works", facts: map[string]string{"purpose.eku": "absent"}},
		{certificate: "rsa-1024", broken: []string{"certificate-strength"}, route: "works", // weak, and every client takes it
			facts: map[string]string{"strength.bits": "1024", "strength.weakKey": "true"}},
		{certificate: "sha1", broken: []string{"certificate-strength", "certificate-trusted"}, route: "blocked",
			facts: map[string]string{"strength.weakSignature": "true", "trust.cause": "sha1"}},
		{certificate: "negative-serial", broken: []string{"certificate-strength"}, route: "blocked",
			facts: map[string]string{"strength.negativeSerial": "true", "certificates.0.serialHex": "-CAFE"}},
		{certificate: "ecdsa-p384", route: "works", facts: map[string]string{"strength.keyType": "ECDSA", "strength.bits": "384"}},
		{certificate: "wildcard", host: "win01.pstest.test", route: "works"},
		{certificate: "wildcard", host: "www.win01.pstest.test", broken: []string{"certificate-name"}, route: "blocked",
			facts: map[string]string{"name.reason": "wildcard-depth"}},
		{certificate: "staple-good", route: "works", facts: map[string]string{"revocation.staple": "good"}},
		{certificate: "staple-revoked", broken: []string{"certificate-not-revoked"}, route: "blocked",
			facts: map[string]string{"revocation.staple": "revoked", "revocation.reason": "keyCompromise"}},
	}
}

// TestCertificates: one nginx presents every certificate that openssl made, and pstest names
// what is wrong with each, all of it and nothing else; the password travels only
// where the certificate passed.
func TestCertificates(t *testing.T) {
	needs(t, "bash", "openssl", "nginx")
	rows := defects()
	dir := folder(t)
	ports := freePorts(t, len(rows)+1)
	plain := ports[len(rows)]
	listeners := fmt.Sprintf("%d plain\n", plain)
	for i, row := range rows {
		listeners += fmt.Sprintf("%d %s\n", ports[i], row.certificate)
	}
	if err := os.WriteFile(filepath.Join(dir, "listeners"), []byte(listeners), 0o644); err != nil {
		t.Fatal(err)
	}
	start(t, ports, "bash", "servers/nginx.sh", dir, user, password)

	for i, row := range rows {
		name := row.certificate
		if row.host != "" {
			name += " as " + row.host
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t, dir, plain, ports[i])
		})
	}
}

func (d defect) run(t *testing.T, dir string, plain, port int) {
	h := host{name: "localhost", http: plain, https: port, user: user}
	if d.host != "" {
		h.name = d.host
		h.wrap = named(t, d.host)
	}
	r := check(t, h)
	w := want{
		verdicts: map[string]string{"windows-winrm": "broken", "https-listener": "met"},
		routes:   map[string]string{"basic-https": d.route},
		facts:    map[string]string{},
	}
	for path, value := range d.facts {
		w.facts["https.tls.value.chain."+path] = value
	}
	r.hold(t, w)
	r.brokenExactly(t, d.broken)

	sent := passwordSent(t, dir, port)
	for deadline := time.Now().Add(2 * time.Second); d.route == "works" && !sent && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond) // nginx writes its log behind the answer
		sent = passwordSent(t, dir, port)
	}
	if sent != (d.route == "works") {
		t.Errorf("password sent: %v, and the route is said to be %q, want %q", sent, r.way("basic-https"), d.route)
	}
	if passwordSent(t, dir, plain) {
		t.Error("the password went over plain HTTP")
	}
}

// brokenExactly holds the broken ones of tlsLimits against a list.
func (r result) brokenExactly(t *testing.T, broken []string) {
	t.Helper()
	for _, id := range tlsLimits {
		got, want := r.verdict(id) == "broken", slices.Contains(broken, id)
		if got != want {
			t.Errorf("%s is %q, broken should be %v\n%s", id, r.verdict(id), want, r.summary())
		}
	}
}

// passwordSent tells whether nginx was shown the real password on a port.
func passwordSent(t *testing.T, dir string, port int) bool {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(dir, "authorization.log"))
	if err != nil {
		t.Fatal(err)
	}
	real := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	for _, line := range strings.Split(string(log), "\n") {
		if strings.HasPrefix(line, fmt.Sprintf("%d ", port)) && strings.Contains(line, real) {
			return true
		}
	}
	return false
}

// named is a command prefix that runs a program where a host name leads to
// loopback: a hosts file of its own, in a mount namespace of its own. An address needs none.
func named(t *testing.T, name string) []string {
	t.Helper()
	if strings.Trim(name, "0123456789.") == "" {
		return nil
	}
	needs(t, "unshare", "mount")
	hosts := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(hosts, []byte("127.0.0.1 localhost "+name+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	wrap := []string{"unshare", "--mount", "sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, hosts}
	if _, stderr, status := output(t, 10*time.Second, nil, append(slices.Clone(wrap), "true")...); status != 0 {
		missing(t, "no mount namespace can be made: %s", stderr)
	}
	return wrap
}
