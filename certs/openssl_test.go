package certs

import (
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// opensslLab makes certificates with the openssl command and asks it for its
// verdicts: an opinion on them that shares no code with ours.
type opensslLab struct {
	t   *testing.T
	dir string
}

// opensslConfig lets "openssl ca" sign whatever it is asked to.
const opensslConfig = `
[ca]
default_ca = lab
[lab]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
email_in_dn = no
[any]
commonName = optional
organizationName = optional
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:true
keyUsage = keyCertSign,cRLSign,digitalSignature
subjectKeyIdentifier = hash
`

func newOpenSSL(t *testing.T) *opensslLab {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("PSTEST_REQUIRE_INTEROP") == "1" {
			t.Fatal("openssl is required and missing")
		}
		t.Skip("no openssl command to compare with")
	}
	l := &opensslLab{t: t, dir: t.TempDir()}
	l.write("lab.cnf", opensslConfig)
	l.write("index.txt", "")
	l.write("serial", "1000")
	for _, name := range []string{"labca", "unknownca", "intermediate", "leaf", "leaf1024", "leafp256"} {
		text, err := mintKeys.ReadFile("mintkeys/" + name + ".pem")
		if err != nil {
			t.Fatal(err)
		}
		l.write(name+".key", string(text))
	}
	l.run("genpkey", "-algorithm", "ED25519", "-out", "ed25519.key")
	l.run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:512", "-out", "rsa512.key")
	l.issue(opensslCert{name: "root", subject: "/CN=root", key: "labca", ext: rootExtensions})
	l.issue(opensslCert{name: "unknown", subject: "/CN=unknown", key: "unknownca", ext: rootExtensions})
	return l
}

const rootExtensions = "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign,cRLSign,digitalSignature\nsubjectKeyIdentifier=hash\n"

// opensslCert is one certificate to make.
type opensslCert struct {
	name, subject string
	key           string // file without ".key"; empty: leaf
	by            string // name of the issuer, which has to be made before; empty: itself
	from, until   string // YYYYMMDD; empty: 20240101, 20491231
	md            string // empty: sha256
	ext           string // lines of an extension section; empty: none
}

func (l *opensslLab) write(name, text string) {
	l.t.Helper()
	if err := os.WriteFile(filepath.Join(l.dir, name), []byte(text), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

// try runs openssl in the lab's folder; the output is that of both streams.
func (l *opensslLab) try(args ...string) (string, error) {
	cmd := exec.CommandContext(l.t.Context(), "openssl", args...)
	cmd.Dir = l.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (l *opensslLab) run(args ...string) string {
	l.t.Helper()
	out, err := l.try(args...)
	if err != nil {
		l.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return out
}

// issue makes a certificate, NAME.pem, with its key at NAME.key.
func (l *opensslLab) issue(c opensslCert) {
	l.t.Helper()
	or := func(s, empty string) string {
		if s == "" {
			return empty
		}
		return s
	}
	key, err := os.ReadFile(filepath.Join(l.dir, or(c.key, "leaf")+".key"))
	if err != nil {
		l.t.Fatal(err)
	}
	l.write(c.name+".key", string(key))
	l.write("ext.cnf", "[e]\n"+c.ext)
	l.run("req", "-new", "-config", "lab.cnf", "-key", c.name+".key", "-subj", c.subject, "-out", "req.pem")
	args := []string{"ca", "-batch", "-notext", "-config", "lab.cnf", "-in", "req.pem", "-out", c.name + ".pem", "-md", or(c.md, "sha256"),
		"-startdate", or(c.from, "20240101") + "000000Z", "-enddate", or(c.until, "20491231") + "000000Z", "-extfile", "ext.cnf", "-extensions", "e"}
	if c.by == "" {
		args = append(args, "-selfsign", "-keyfile", c.name+".key")
	} else {
		args = append(args, "-cert", c.by+".pem", "-keyfile", c.by+".key")
	}
	l.run(args...)
}

func (l *opensslLab) der(name string) []byte {
	l.t.Helper()
	text, err := os.ReadFile(filepath.Join(l.dir, name+".pem"))
	if err != nil {
		l.t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	return block.Bytes
}

var opensslError = regexp.MustCompile(`error (\d+) at`)

// verify returns the errors that openssl finds in a chain, in its numbers,
// sorted and joined with spaces; "" is a good chain.
func (l *opensslLab) verify(root string, served []string) string {
	l.t.Helper()
	args := []string{"verify", "-no-CApath", "-no-CAstore", "-attime", fmt.Sprint(now.Unix()), "-purpose", "sslserver", "-CAfile", root + ".pem"}
	for _, name := range served[1:] {
		args = append(args, "-untrusted", name+".pem")
	}
	out, err := l.try(append(args, served[0]+".pem")...)
	var codes []string
	for _, m := range opensslError.FindAllStringSubmatch(out, -1) {
		codes = append(codes, m[1])
	}
	if (err == nil) != (len(codes) == 0) {
		l.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	slices.Sort(codes)
	return strings.Join(slices.Compact(codes), " ")
}

// names tells whether openssl finds a host name or an address in a certificate.
func (l *opensslLab) names(cert, flag, host string) bool {
	l.t.Helper()
	out, err := l.try("x509", "-in", cert+".pem", "-noout", flag, host) // newer ones exit 1 on a mismatch
	matches, differs := strings.Contains(out, "does match"), strings.Contains(out, "does NOT match")
	if matches == differs {
		l.t.Fatalf("openssl x509 %s %s: %v\n%s", flag, host, err, out)
	}
	return matches
}
