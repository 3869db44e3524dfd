package probe

import (
	"crypto/x509"
	"time"

	"pstest/negotiate"
)

// The documented ports and path of a WinRM 2.0 and later listener.
const (
	DefaultPortHTTP  = 5985
	DefaultPortHTTPS = 5986
	DefaultPath      = "/wsman"
)

// DefaultTimeout bounds one host, from the first packet to the last.
const DefaultTimeout = 20 * time.Second

// Route is one documented way in.
type Route string

// The routes. RouteAny asks for every route.
const (
	RouteAny            Route = "any"
	RouteBasicHTTP      Route = "basic-http" // documented as refused; only ever tried with a canary
	RouteBasicHTTPS     Route = "basic-https"
	RouteNegotiateHTTP  Route = "negotiate-http"
	RouteNegotiateHTTPS Route = "negotiate-https"
)

// Routes lists what --route accepts, "any" first.
func Routes() []Route {
	return []Route{RouteAny, RouteBasicHTTPS, RouteNegotiateHTTP, RouteNegotiateHTTPS}
}

// Family restricts the addresses of a name.
type Family string

// The families: both, -4, -6.
const (
	FamilyAny Family = ""
	FamilyV4  Family = "4"
	FamilyV6  Family = "6"
)

// Target is what the user asked about, after parsing and with defaults filled
// in. It is part of the facts and holds no secret.
type Target struct {
	Asked     string   `json:"asked"` // the argument as typed
	Host      string   `json:"host"`  // name or address, no brackets, no trailing dot
	PortHTTP  int      `json:"portHttp"`
	PortHTTPS int      `json:"portHttps"`
	Path      string   `json:"path"`
	Route     Route    `json:"route"`
	Family    Family   `json:"family,omitempty"`
	NoHTTP    bool     `json:"noHttp,omitempty"`  // the URL asked for https alone
	NoHTTPS   bool     `json:"noHttps,omitempty"` // the URL asked for http alone
	Trust     TrustAsk `json:"trust,omitzero"`
}

// TrustAsk is what the user said about the certificate.
type TrustAsk struct {
	CAFile   string `json:"caFile,omitempty"`   // --cacert, as typed
	Pin      string `json:"pin,omitempty"`      // --pin-sha256, lower-case hex
	Insecure bool   `json:"insecure,omitempty"` // --insecure
}

// AccountForm is how a user name is spelled.
type AccountForm string

// The forms. FormNone: no account was given.
const (
	FormNone        AccountForm = ""
	FormUnqualified AccountForm = "unqualified" // alice
	FormDownLevel   AccountForm = "down-level"  // WIN01\alice
	FormUPN         AccountForm = "upn"         // alice@win01
)

// Account is the account as facts may keep it: names, never the password.
type Account struct {
	Asked     string      `json:"asked,omitempty"` // as typed
	Form      AccountForm `json:"form,omitempty"`
	User      string      `json:"user,omitempty"`      // without the qualifier
	Qualifier string      `json:"qualifier,omitempty"` // before the backslash or after the last @
	Blank     bool        `json:"blankPassword,omitempty"`
	NonASCII  bool        `json:"nonAsciiPassword,omitempty"` // the password has characters beyond ASCII
}

// Given tells whether the user gave an account.
func (a Account) Given() bool { return a.Form != FormNone }

// Request is one host to look at and what may be done to it.
type Request struct {
	Target   Target
	Account  Account
	Password negotiate.Secret
	Roots    *x509.CertPool // --cacert; nil: the system's
	Timeout  time.Duration  // whole host; 0: DefaultTimeout
	InClear  bool           // --send-password-in-clear
	Unsealed bool           // --try-unsealed: also the unsealed NTLM handshake of Go tools
}
