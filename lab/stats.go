package lab

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"sync"

	"pstest/negotiate"
)

// maxRecord bounds how many authorizations are kept.
const maxRecord = 1024

// Authorization is one Authorization header that a client sent.
type Authorization struct {
	TLS      bool   // it came over HTTPS
	Scheme   string // as written
	Kind     Kind
	User     string // Basic: the user
	Password string // Basic: the password, which arrived in clear text for the host to read
}

// Kind is what an Authorization header carries.
type Kind string

// The kinds.
const (
	KindBasic Kind = "basic"  // user and password
	KindType1 Kind = "type-1" // the opening message of NTLM, raw or in SPNEGO: no credential
	KindType3 Kind = "type-3" // the closing message of NTLM: proves the password
	KindOther Kind = "other"
)

// kindOf looks at the scheme and, for NTLM, at the message's type (MS-NLMP 2.2.1).
func kindOf(scheme, token string) Kind {
	if strings.EqualFold(scheme, "Basic") {
		return KindBasic
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return KindOther
	}
	inner, _, _, err := negotiate.Unwrap(raw)
	if err != nil || len(inner) < 12 {
		return KindOther
	}
	switch inner[8] {
	case 1:
		return KindType1
	case 3:
		return KindType3
	}
	return KindOther
}

// Stats is what a host has seen so far.
type Stats struct {
	Connections    int
	Requests       int
	Logons         int            // accepted credentials
	FailedLogons   map[string]int // rejected credentials by account name, lower case, without a qualifier
	OpenShells     int
	Authorizations []Authorization // at most 1024, in order of arrival
}

// Failed is the number of rejected credentials of all accounts.
func (s Stats) Failed() int {
	n := 0
	for _, count := range s.FailedLogons {
		n += count
	}
	return n
}

// Stats returns a copy; it may be called while the host is served and after Close.
func (h *Host) Stats() Stats {
	open := h.service.count()
	h.record.mu.Lock()
	defer h.record.mu.Unlock()
	s := h.record.stats
	s.FailedLogons = maps.Clone(s.FailedLogons)
	s.Authorizations = slices.Clone(s.Authorizations)
	s.OpenShells = open
	return s
}

// recorder keeps the statistics of a host.
type recorder struct {
	mu    sync.Mutex
	stats Stats
}

func (r *recorder) connection() { r.count(func(s *Stats) { s.Connections++ }) }
func (r *recorder) request()    { r.count(func(s *Stats) { s.Requests++ }) }

// logon counts one decision about credentials.
func (r *recorder) logon(user string, accepted bool) {
	r.count(func(s *Stats) {
		if accepted {
			s.Logons++
			return
		}
		if s.FailedLogons == nil {
			s.FailedLogons = map[string]int{}
		}
		if len(s.FailedLogons) < maxRecord {
			s.FailedLogons[strings.ToLower(user)]++
		}
	})
}

func (r *recorder) authorization(tls bool, scheme, token string) {
	if scheme == "" {
		return
	}
	a := Authorization{TLS: tls, Scheme: scheme, Kind: kindOf(scheme, token)}
	if a.Kind == KindBasic {
		a.User, a.Password, _ = basicParts(token)
	}
	r.count(func(s *Stats) {
		if len(s.Authorizations) < maxRecord {
			s.Authorizations = append(s.Authorizations, a)
		}
	})
}

func (r *recorder) count(f func(*Stats)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.stats)
}

// basicParts takes the credentials of RFC 7617 apart.
func basicParts(token string) (user, password string, ok bool) {
	plain, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(plain), ":")
}
