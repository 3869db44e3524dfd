package certs

import (
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// loopback allows what tests listen on.
func loopback(a netip.Addr) bool { return a.IsLoopback() }

// revocationLab is an authority made by openssl, whose lists and answers are
// served on loopback.
type revocationLab struct {
	*opensslLab
	url    string // of the server, without a path
	closed string // of a port where nobody listens
	mu     *sync.Mutex
	serves map[string]http.HandlerFunc // by path
}

func newRevocationLab(t *testing.T) *revocationLab {
	t.Helper()
	l := &revocationLab{opensslLab: newOpenSSL(t), mu: new(sync.Mutex), serves: map[string]http.HandlerFunc{}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		serve := l.serves[r.URL.Path]
		l.mu.Unlock()
		if serve == nil {
			http.NotFound(w, r)
			return
		}
		serve(w, r)
	}))
	t.Cleanup(server.Close)
	l.url, l.closed = server.URL, closedPort(t)
	return l
}

// closedPort is the address of a port that was free a moment ago.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

func (l *revocationLab) serve(path string, h http.HandlerFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.serves[path] = h
}

func octets(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Content-Type", "application/ocsp-response")
		}
		_, _ = w.Write(body)
	}
}

// read is a file of the lab's folder.
func (l *revocationLab) read(name string) []byte {
	l.t.Helper()
	content, err := os.ReadFile(filepath.Join(l.dir, name))
	if err != nil {
		l.t.Fatal(err)
	}
	return content
}

// list has openssl make a list of all that is revoked so far, in DER. section
// holds lines of list extensions; without any, the list is of version 1.
func (l *revocationLab) list(by, section string, flags ...string) []byte {
	l.t.Helper()
	l.write("crl.cnf", opensslConfig+"[crlext]\n"+section)
	args := []string{"ca", "-config", "crl.cnf", "-gencrl", "-cert", by + ".pem", "-keyfile", by + ".key", "-out", "list.pem"}
	if section != "" {
		args = append(args, "-crlexts", "crlext")
	}
	if len(flags) == 0 {
		flags = []string{"-crldays", "30"}
	}
	l.run(append(args, flags...)...)
	l.run("crl", "-in", "list.pem", "-outform", "DER", "-out", "list.der")
	return l.read("list.der")
}

func (l *revocationLab) revoke(name, reason string) {
	l.t.Helper()
	args := []string{"ca", "-config", "lab.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-revoke", name + ".pem"}
	if reason != "" {
		args = append(args, "-crl_reason", reason)
	}
	l.run(args...)
}

// responder has "openssl ocsp" answer each request that is posted. It is run for
// each, since its own server listens on every interface.
func (l *revocationLab) responder(signer string, flags ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		request, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		dir, err := os.MkdirTemp(l.dir, "ocsp")
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "req"), request, 0o600)
		}
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/ocsp-request" {
			http.Error(w, "not a request", http.StatusBadRequest)
			return
		}
		args := []string{"ocsp", "-index", "index.txt", "-CA", "root.pem", "-rsigner", signer + ".pem", "-rkey", signer + ".key",
			"-ndays", "1", "-noverify", "-reqin", filepath.Join(dir, "req"), "-respout", filepath.Join(dir, "resp")}
		cmd := exec.Command("openssl", append(args, flags...)...)
		cmd.Dir = l.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			http.Error(w, string(out), http.StatusInternalServerError)
			return
		}
		response, _ := os.ReadFile(filepath.Join(dir, "resp"))
		w.Header().Set("Content-Type", "application/ocsp-response")
		_, _ = w.Write(response)
	}
}

// chain is the certificates of these names.
func (l *revocationLab) chain(names ...string) (chain []*x509.Certificate) {
	l.t.Helper()
	for _, name := range names {
		cert, err := x509.ParseCertificate(l.der(name))
		if err != nil {
			l.t.Fatal(err)
		}
		chain = append(chain, cert)
	}
	return chain
}

// crlCheck is what "openssl verify -crl_check" says of a certificate below the
// root, with a list in DER, or PEM with several: its error numbers, sorted. A
// list that openssl can't read is none, which is error 3.
func (l *revocationLab) crlCheck(name string, list []byte, flags ...string) string {
	l.t.Helper()
	l.write("served.crl", string(list))
	if len(list) > 0 && list[0] == 0x30 {
		l.write("served.crl", string(pemList(list)))
	}
	args := append([]string{"verify", "-no-CApath", "-no-CAstore", "-CAfile", "root.pem", "-crl_check"}, flags...)
	if _, err := l.try("crl", "-in", "served.crl", "-noout"); err == nil {
		args = append(args, "-CRLfile", "served.crl")
	}
	out, err := l.try(append(args, name+".pem")...)
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

var (
	ocspStatus = regexp.MustCompile(`(?m)^(?:\S+\.pem: )?(good|revoked|unknown|ERROR.*)$`)
	ocspReason = regexp.MustCompile(`(?m)^\s*Reason: (\S+)`)
)

// ocspCheck is what "openssl ocsp" says when it asks the same responder: whether
// it takes the signature, the status, the reason, and whether it is stale.
func (l *revocationLab) ocspCheck(name, url string, flags ...string) string {
	l.t.Helper()
	args := []string{"ocsp", "-url", url, "-issuer", "root.pem", "-cert", name + ".pem", "-CAfile", "root.pem", "-no-CApath", "-no-CAstore"}
	out, err := l.try(append(args, flags...)...)
	var words []string
	for text, word := range map[string]string{"Response verify OK": "1 signed", "Response Verify Failure": "1 not signed", "Responder Error": "1 responder error",
		"Error querying OCSP responder": "1 no answer", "status expired": "4 stale", "not yet valid": "4 early", "Nonce Verify error": "1 nonce"} {
		if strings.Contains(out, text) {
			words = append(words, word)
		}
	}
	if m := ocspStatus.FindStringSubmatch(out); m != nil {
		words = append(words, "2 "+m[1])
	}
	if m := ocspReason.FindStringSubmatch(out); m != nil {
		words = append(words, "3 "+m[1])
	}
	if slices.Sort(words); len(words) == 0 {
		l.t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return regexp.MustCompile(`(^|,)\d `).ReplaceAllString(strings.Join(words, ","), "$1")
}
