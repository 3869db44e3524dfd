package certs

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Bounds of a Fetcher whose fields are zero.
const (
	DefaultMaxCRL         = 32 << 20  // octets of one revocation list
	DefaultMaxOCSP        = 64 << 10  // octets of one OCSP response
	DefaultMaxCertificate = 256 << 10 // octets of one certificate or bundle
	DefaultFetchTimeout   = 15 * time.Second
	// MaxRedirects is how many redirects of one fetch are followed.
	MaxRedirects = 3
)

// Fetcher gets what certificates point at: revocation lists, OCSP responses and
// issuers. Hosts choose those addresses, so that a Fetcher speaks plain http
// alone (RFC 5280, section 8, warns of https here: it could need the very
// answer), uses no proxy, sends no credential and no cookie, follows few
// redirects, takes no encoded body and no more than its bounds. The zero value
// is ready for use. A Fetcher may be used by several goroutines.
type Fetcher struct {
	// Allow permits an address that is refused otherwise: private, loopback,
	// link-local, multicast, unspecified and the like. It is asked about the
	// address that is about to be dialled, without a zone; nil: none.
	Allow func(netip.Addr) bool
	// Dial connects to an address, which is always a literal; nil: net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Resolver finds addresses; nil: net.DefaultResolver.
	Resolver Resolver
	// MaxCRL, MaxOCSP and MaxCertificate bound bodies, in octets; zero: the
	// defaults.
	MaxCRL, MaxOCSP, MaxCertificate int64
	// Timeout bounds one fetch with its redirects, within that of the context;
	// zero: DefaultFetchTimeout.
	Timeout time.Duration
}

// Resolver is the part of net.Resolver that a Fetcher needs.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// fetchQuery is one thing to fetch.
type fetchQuery struct {
	url  string
	max  int64
	body []byte // what to POST; nil: GET
}

// CRL gets a revocation list (RFC 5280, section 4.2.1.13). An error is a
// *FetchError.
func (f *Fetcher) CRL(ctx context.Context, address string) ([]byte, error) {
	return f.fetch(ctx, fetchQuery{url: address, max: cmp.Or(f.MaxCRL, DefaultMaxCRL)})
}

// OCSP posts a request to a responder (RFC 6960, appendix A). An error is a
// *FetchError.
func (f *Fetcher) OCSP(ctx context.Context, address string, request []byte) ([]byte, error) {
	return f.fetch(ctx, fetchQuery{url: address, max: cmp.Or(f.MaxOCSP, DefaultMaxOCSP), body: request})
}

// Certificate gets an issuer or a bundle of them (RFC 5280, section 4.2.2.1).
// An error is a *FetchError.
func (f *Fetcher) Certificate(ctx context.Context, address string) ([]byte, error) {
	return f.fetch(ctx, fetchQuery{url: address, max: cmp.Or(f.MaxCertificate, DefaultMaxCertificate)})
}

// fetch does one exchange, redirects included. Each has its own connections, so
// that nothing stays open behind it.
func (f *Fetcher) fetch(ctx context.Context, q fetchQuery) ([]byte, error) {
	target, err := url.Parse(q.url)
	if err != nil {
		return nil, &FetchError{Class: FetchBadURL, URL: shown(q.url)}
	}
	if err := fetchable(target); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(f.Timeout, DefaultFetchTimeout))
	defer cancel()
	transport := f.transport()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: redirect}
	request, err := q.request(ctx, target)
	if err != nil {
		return nil, &FetchError{Class: FetchBadURL, URL: shown(q.url), Err: err}
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fetchFailure(ctx, q.url, err)
	}
	defer response.Body.Close()
	body, err := q.read(response)
	if err != nil {
		return nil, fetchFailure(ctx, q.url, err)
	}
	return body, nil
}

// transport has no proxy: a proxy would choose the address that is dialled.
func (f *Fetcher) transport() *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            f.dial,
		DisableCompression:     true,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

func (q fetchQuery) request(ctx context.Context, target *url.URL) (*http.Request, error) {
	bare := *target
	bare.Fragment, bare.RawFragment = "", ""
	method, body := http.MethodGet, io.Reader(nil)
	if q.body != nil {
		method, body = http.MethodPost, bytes.NewReader(q.body)
	}
	request, err := http.NewRequestWithContext(ctx, method, bare.String(), body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "pstest")
	if q.body != nil {
		request.Header.Set("Content-Type", "application/ocsp-request")
		request.Header.Set("Accept", "application/ocsp-response")
	}
	return request, nil
}

// read takes the body of a proper answer, and no more than the bound: a longer
// one is given up where the bound is passed, or at once if it says its length.
func (q fetchQuery) read(response *http.Response) ([]byte, error) {
	tooLarge := &FetchError{Class: FetchTooLarge, URL: shown(q.url), Err: fmt.Errorf("more than %d octets", q.max)}
	switch encoding := response.Header.Get("Content-Encoding"); {
	case response.StatusCode != http.StatusOK:
		return nil, &FetchError{Class: FetchStatus, URL: shown(q.url), Status: response.StatusCode}
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return nil, &FetchError{Class: FetchEncoded, URL: shown(q.url), Err: fmt.Errorf("the encoding %q was not asked for", shown(encoding))}
	case response.ContentLength > q.max:
		return nil, tooLarge
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, q.max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > q.max {
		return nil, tooLarge
	}
	return body, nil
}

// fetchable tells why an address isn't fetched; nil: it may be. The error is a
// *FetchError.
func fetchable(u *url.URL) error {
	text := shown(u.Redacted())
	if u.Scheme != "http" {
		return &FetchError{Class: FetchScheme, URL: text, Err: fmt.Errorf("%q is not fetched, only http is", shown(u.Scheme))}
	}
	_, err := strconv.ParseUint(u.Port(), 10, 16)
	switch {
	case u.Hostname() == "" || u.Opaque != "":
		return &FetchError{Class: FetchBadURL, URL: text, Err: errors.New("it names no host")}
	case u.User != nil:
		return &FetchError{Class: FetchBadURL, URL: text, Err: errors.New("it carries a user name")}
	case u.Port() != "" && err != nil:
		return &FetchError{Class: FetchBadURL, URL: text, Err: errors.New("it names no port")}
	}
	return nil
}

// redirect checks each target of a redirect as the first address was checked;
// the addresses behind its name are checked when they are dialled.
func redirect(next *http.Request, before []*http.Request) error {
	if len(before) > MaxRedirects {
		return &FetchError{Class: FetchRedirects, URL: shown(next.URL.Redacted()), Err: fmt.Errorf("more than %d redirects", MaxRedirects)}
	}
	return fetchable(next.URL)
}
