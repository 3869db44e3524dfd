package certs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
)

// Words of FetchError.Class.
const (
	FetchScheme    = "scheme"     // https, ldap and others are not fetched
	FetchBadURL    = "bad-url"    // not an address that could be fetched
	FetchAddress   = "address"    // it leads to an address that is not public and not allowed
	FetchRedirects = "redirects"  // more redirects than MaxRedirects
	FetchTooLarge  = "too-large"  // longer than the bound
	FetchEncoded   = "encoded"    // the body is compressed although that wasn't asked for
	FetchMalformed = "malformed"  // the answer isn't HTTP
	FetchStatus    = "status"     // an answer other than 200
	FetchDNS       = "dns"        // the name has no address
	FetchUnroute   = "unroutable" // no way to the address
	FetchRefused   = "refused"    // the port is closed
	FetchReset     = "reset"      // the connection ended early
	FetchSilent    = "silent"     // no whole answer in time
	FetchCancelled = "cancelled"  // the caller gave up
)

// FetchError says why something wasn't fetched.
type FetchError struct {
	Class  string // a Fetch… word
	URL    string // fit to be kept, without a password
	Status int    // the HTTP status of class status; else 0
	Err    error  // what is behind it; may be nil
}

func (e *FetchError) Error() string {
	text := fmt.Sprintf("fetching %s: %s", e.URL, e.Class)
	if e.Status != 0 {
		text += fmt.Sprintf(" %d", e.Status)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return shown(text)
}

func (e *FetchError) Unwrap() error { return e.Err }

// unanswered tells that whoever was asked gave nothing: the source may be fine
// for others.
func (e *FetchError) unanswered() bool {
	switch e.Class {
	case FetchStatus, FetchDNS, FetchUnroute, FetchRefused, FetchReset, FetchSilent, FetchCancelled:
		return true
	}
	return false
}

// unasked tells that nobody was asked.
func (e *FetchError) unasked() bool {
	return e.Class == FetchScheme || e.Class == FetchBadURL || e.Class == FetchAddress
}

// fetchFailure makes a FetchError of what net/http returned. address is what
// was asked for.
func fetchFailure(ctx context.Context, address string, err error) *FetchError {
	var ours *FetchError
	if errors.As(err, &ours) {
		return &FetchError{Class: ours.Class, URL: cmp.Or(ours.URL, shown(address)), Status: ours.Status, Err: ours.Err}
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return &FetchError{Class: fetchClass(ctx, err), URL: shown(address), Err: err}
}

func fetchClass(ctx context.Context, err error) string {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return FetchCancelled
	case errors.As(err, new(*net.DNSError)):
		return FetchDNS
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return FetchSilent
	case errors.Is(err, syscall.ECONNREFUSED):
		return FetchRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return FetchUnroute
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return FetchReset
	}
	return FetchMalformed
}
