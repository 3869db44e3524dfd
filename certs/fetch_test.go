package certs

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// serveOn serves on loopback until the test ends, and returns the address
// without a path.
func serveOn(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

func fetchClassOf(t *testing.T, err error) string {
	t.Helper()
	var f *FetchError
	if err == nil || !errors.As(err, &f) {
		t.Fatalf("%v is no FetchError", err)
	}
	if !strings.Contains(f.Error(), f.Class) || !strings.Contains(f.Error(), f.URL) {
		t.Errorf("%q", f.Error())
	}
	return f.Class
}

// names resolves names from a table; others have no address.
type names map[string][]netip.Addr

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if found, ok := n[host]; ok {
		return found, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestFetchRefusals(t *testing.T) {
	mux := http.NewServeMux()
	base := serveOn(t, mux.ServeHTTP)
	to := func(path, target string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) })
	}
	to("/forever", "/forever")
	to("/r4", "/r3")
	to("/r3", "/r2")
	to("/r2", "/r1")
	to("/r1", "/ok")
	to("/private", "http://10.0.0.1/crl")
	to("/metadata", "http://169.254.169.254/latest")
	to("/https", "https://127.0.0.1/crl")
	to("/file", "file:///etc/passwd")
	to("/user", "http://u:p@127.0.0.1/crl")
	mux.HandleFunc("/ok", octets([]byte("ok")))
	mux.HandleFunc("/teapot", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	mux.HandleFunc("/empty", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/gzip", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "" {
			t.Errorf("asks for %q", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(make([]byte, 1<<20))
		_ = z.Close()
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("x"))
	})
	garbage := rawServer(t, "SSH-2.0-OpenSSH_9.6\r\n\r\n")
	ours := goleak.IgnoreCurrent()
	f := &Fetcher{Allow: loopback, Timeout: 5 * time.Second, Resolver: names{"inside.example": {netip.MustParseAddr("10.1.2.3")}, "nowhere.example": nil}}
	for address, want := range map[string]string{
		base + "/ok": "", base + "/r3": "", base + "/ok#fragment": "", strings.Replace(base, "http:", "HTTP:", 1) + "/ok": "",
		base + "/r4": FetchRedirects, base + "/forever": FetchRedirects, base + "/private": FetchAddress, base + "/metadata": FetchAddress,
		base + "/https": FetchScheme, base + "/file": FetchScheme, base + "/user": FetchBadURL,
		base + "/teapot": FetchStatus, base + "/empty": FetchStatus, base + "/nothing": FetchStatus,
		base + "/gzip": FetchEncoded, base + "/cut": FetchReset, closedPort(t): FetchRefused, garbage: FetchMalformed,
		"https://127.0.0.1/": FetchScheme, "ldap:///CN=x": FetchScheme, "": FetchScheme, "/crl": FetchScheme, "http:///crl": FetchBadURL,
		"http://127.0.0.1:99999/": FetchBadURL, "http://a b/": FetchBadURL, "http:opaque": FetchBadURL, "http://[::1": FetchBadURL, "http://u@127.0.0.1/": FetchBadURL,
		"http://192.168.1.1/": FetchAddress, "http://[fe80::1%25lo]/": FetchAddress, "http://inside.example/": FetchAddress,
		"http://nowhere.example/": FetchDNS, "http://missing.example/": FetchDNS,
	} {
		body, err := f.CRL(t.Context(), address)
		if want == "" {
			if err != nil || string(body) != "ok" {
				t.Errorf("%s: %q, %v", address, body, err)
			}
		} else if got := fetchClassOf(t, err); got != want {
			t.Errorf("%s: %s, want %s (%v)", address, got, want, err)
		}
	}
	if _, err := new(Fetcher).CRL(t.Context(), base+"/ok"); fetchClassOf(t, err) != FetchAddress {
		t.Errorf("loopback without Allow: %v", err)
	}
	goleak.VerifyNone(t, ours)
}

// rawServer answers every connection with a text, whatever it is sent.
func rawServer(t *testing.T, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1024))
			_, _ = io.WriteString(c, text)
			c.Close()
		}
	}()
	return "http://" + l.Addr().String()
}

// TestFetchBounds: a list of 200 MB is given up at the bound, whether it says its
// length or not, and memory stays near the bound.
func TestFetchBounds(t *testing.T) {
	const huge = 200 << 20
	for _, says := range []bool{true, false} {
		var sent atomic.Int64
		base := serveOn(t, func(w http.ResponseWriter, _ *http.Request) {
			if says {
				w.Header().Set("Content-Length", fmt.Sprint(huge))
			}
			chunk := make([]byte, 64<<10)
			for sent.Load() < huge {
				n, err := w.Write(chunk)
				if sent.Add(int64(n)); err != nil {
					return
				}
			}
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := (&Fetcher{Allow: loopback}).CRL(t.Context(), base)
		runtime.ReadMemStats(&after)
		if got := fetchClassOf(t, err); got != FetchTooLarge {
			t.Errorf("says its length: %v: %v", says, err)
		}
		limit := int64(DefaultMaxCRL + 16<<20) // what is under way in buffers included
		if says {
			limit = 16 << 20
		}
		if sent.Load() > limit {
			t.Errorf("says its length: %v: %d octets were sent", says, sent.Load())
		}
		// Growing to the bound by appending allocates some five times as much in
		// all; taking the whole list would be some thirty times as much.
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 12*DefaultMaxCRL {
			t.Errorf("says its length: %v: %d octets were allocated", says, taken)
		}
	}
	base := serveOn(t, octets(make([]byte, 100)))
	f := &Fetcher{Allow: loopback, MaxCRL: 100, MaxOCSP: 99, MaxCertificate: 99}
	if body, err := f.CRL(t.Context(), base); err != nil || len(body) != 100 {
		t.Errorf("at the bound: %d, %v", len(body), err)
	}
	if _, err := f.OCSP(t.Context(), base, []byte{1}); fetchClassOf(t, err) != FetchTooLarge {
		t.Error(err)
	}
	if _, err := f.Certificate(t.Context(), base); fetchClassOf(t, err) != FetchTooLarge {
		t.Error(err)
	}
}

// TestFetchSlow: neither a silent server nor one that drips outlasts the time
// that there is, and the caller's giving up is told from it.
func TestFetchSlow(t *testing.T) {
	drip := serveOn(t, func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write([]byte{0}); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	silent := serveOn(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for _, address := range []string{drip, silent} {
		start := time.Now()
		_, err := (&Fetcher{Allow: loopback, Timeout: 200 * time.Millisecond}).CRL(t.Context(), address)
		if got := fetchClassOf(t, err); got != FetchSilent || time.Since(start) > 3*time.Second {
			t.Errorf("%s after %s", got, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if _, err := (&Fetcher{Allow: loopback}).CRL(ctx, address); fetchClassOf(t, err) != FetchSilent {
			t.Error(err)
		}
		cancel()
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		if _, err := (&Fetcher{Allow: loopback}).CRL(ctx, address); fetchClassOf(t, err) != FetchCancelled {
			t.Error(err)
		}
		cancel()
	}
}

// rebinding answers with a public address first, with loopback from then on.
type rebinding struct{ asked atomic.Int32 }

func (r *rebinding) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if r.asked.Add(1) == 1 {
		return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("93.184.215.14"), netip.MustParseAddr("::ffff:127.0.0.1")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// TestFetchDialsWhatItChecked: the dialler sees literals that were permitted,
// and no name that could be looked up again.
func TestFetchDialsWhatItChecked(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("http_proxy", "http://127.0.0.1:1")
	var dialled []string
	r := &rebinding{}
	f := &Fetcher{Resolver: r, Dial: func(_ context.Context, network, address string) (net.Conn, error) {
		dialled = append(dialled, network+" "+address)
		return nil, errors.New("not today")
	}}
	_, err := f.CRL(t.Context(), "http://rebinding.example/crl")
	if got := fmt.Sprint(dialled); got != "[tcp 93.184.215.14:80]" || err == nil {
		t.Errorf("dialled %s, %v", got, err)
	}
	if f.transport().Proxy != nil {
		t.Error("there is a proxy")
	}
	f.Allow = func(a netip.Addr) bool { return a == netip.MustParseAddr("10.0.0.1") }
	for _, address := range []string{"http://[::ffff:10.0.0.1]/", "http://[::ffff:10.0.0.1%25eth0]/"} {
		dialled = nil
		if _, err = f.CRL(t.Context(), address); fmt.Sprint(dialled) != "[tcp 10.0.0.1:80]" {
			t.Errorf("%s: %v, dialled %s", address, err, dialled)
		}
	}
	f.Allow = nil
	if _, err = f.CRL(t.Context(), "http://rebinding.example:8080/crl"); fetchClassOf(t, err) != FetchAddress || len(dialled) != 1 {
		t.Errorf("%v, dialled %s", err, dialled)
	}
}

func TestRestrictedAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": true, "127.9.9.9": true, "10.0.0.1": true, "172.16.0.1": true, "192.168.0.1": true, "169.254.169.254": true, "100.64.0.1": true,
		"0.0.0.0": true, "0.1.2.3": true, "224.0.0.1": true, "239.1.1.1": true, "255.255.255.255": true, "240.0.0.1": true, "198.18.0.1": true,
		"::": true, "::1": true, "fe80::1": true, "fc00::1": true, "fd12::1": true, "ff02::1": true, "fec0::1": true, "::ffff:10.0.0.1": true, "::10.0.0.1": true,
		"64:ff9b::10.0.0.1": true, "64:ff9b::7f00:1": true, "2002:a00:1::": true, "2002:7f00:1::": true, "2001:0:1::": true, "2001:db8::1": true, "192.0.2.1": true,
		"8.8.8.8": false, "172.32.0.1": false, "100.128.0.1": false, "2606:4700::1111": false, "64:ff9b::8.8.8.8": false, "2002:808:808::": false, "::ffff:100.64.0.1": true, "::ffff:8.8.8.8": false,
	} {
		if got := restrictedAddress(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}

// TestFetchSendsNothingElse: no credential, no cookie, no encoding; the body of a
// POST survives a redirect that keeps the method.
func TestFetchSendsNothingElse(t *testing.T) {
	var seen []string
	var base string
	base = serveOn(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for _, h := range []string{"Authorization", "Cookie", "Accept-Encoding", "Proxy-Authorization"} {
			if r.Header.Get(h) != "" {
				t.Errorf("%s: %s", h, r.Header.Get(h))
			}
		}
		seen = append(seen, r.Method+" "+r.URL.Path+" "+string(body))
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		if r.URL.Path == "/one" {
			http.Redirect(w, r, base+"/two", http.StatusTemporaryRedirect)
			return
		}
		_, _ = w.Write(bytes.Repeat([]byte("y"), 3))
	})
	if body, err := (&Fetcher{Allow: loopback}).OCSP(t.Context(), base+"/one", []byte("ask")); err != nil || string(body) != "yyy" {
		t.Errorf("%q, %v", body, err)
	}
	if got := strings.Join(seen, ", "); got != "POST /one ask, POST /two ask" {
		t.Error(got)
	}
}
