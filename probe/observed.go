package probe

import (
	"fmt"
	"time"
)

// State tells whether an observation was made at all. The zero value is
// NotRun, so that a field that nobody filled can't pass for a result.
type State string

// The three states. NotRun is the empty string on purpose.
const (
	NotRun State = ""
	Seen   State = "seen"
	Failed State = "failed"
)

// notRun is how JSON spells NotRun.
const notRun = "not-run"

// MarshalText spells NotRun "not-run", so that no reader of the JSON form has
// to know what an empty state means.
func (s State) MarshalText() ([]byte, error) {
	if s == NotRun {
		return []byte(notRun), nil
	}
	return []byte(s), nil
}

// UnmarshalText accepts the three states; an absent one is NotRun.
func (s *State) UnmarshalText(text []byte) error {
	switch v := State(text); {
	case string(text) == notRun || v == NotRun:
		*s = NotRun
	case v == Seen || v == Failed:
		*s = v
	default:
		return fmt.Errorf("state %q: accepted are %s, %s and %s", Clean(string(text), 40), notRun, Seen, Failed)
	}
	return nil
}

// Observed is one observation: what was seen, or why it was not.
// Exactly one of Value (Seen), Failure (Failed) and Why (NotRun) speaks, but
// that the Value of a failed attempt or dial keeps what was sent, and where to.
type Observed[T any] struct {
	State   State         `json:"state"`
	Why     string        `json:"why,omitempty"` // NotRun only: the reason, lower case, no full stop
	Failure *Failure      `json:"failure,omitempty"`
	Took    time.Duration `json:"tookNs,omitempty"`
	Value   T             `json:"value,omitzero"`
}

// See makes an observation of a value.
func See[T any](v T) Observed[T] { return Observed[T]{State: Seen, Value: v} }

// Fail makes an observation of a failure, which is data and not an error.
func Fail[T any](f *Failure) Observed[T] { return Observed[T]{State: Failed, Failure: f} }

// Skip makes an observation that was not made, with its reason.
func Skip[T any](why string) Observed[T] { return Observed[T]{Why: why} }

// Took returns the observation with the time that it needed.
func (o Observed[T]) took(d time.Duration) Observed[T] {
	o.Took = d
	return o
}

// Status is the part of an observation that does not depend on its type.
type Status struct {
	State   State
	Why     string
	Failure *Failure
}

// Status returns the state with the reason or the failure behind it.
func (o *Observed[T]) Status() Status {
	return Status{State: o.State, Why: o.Why, Failure: o.Failure}
}

// blank makes the observation one that was not made.
func (o *Observed[T]) blank(why string) { *o = Skip[T](why) }

// Class is the closed list of ways in which an observation fails. It is data:
// rules decide by it, so it survives JSON where an error value would not.
type Class string

// The classes. Each is provoked by a lab scenario or an injected dialer in the tests.
const (
	ClassDNS        Class = "dns"          // the name gave no address
	ClassUnroutable Class = "unroutable"   // no route to host or network, or an ICMP prohibition
	ClassRefused    Class = "refused"      // the host answered the connection attempt with a reset
	ClassSilent     Class = "silent"       // nothing came back in the time allowed
	ClassReset      Class = "reset"        // the connection was closed or reset before an answer
	ClassNotTLS     Class = "not-tls"      // the answer to a TLS hello is neither TLS nor HTTP
	ClassPlainOnTLS Class = "plain-on-tls" // the answer to a TLS hello is plain HTTP
	ClassTLSAlert   Class = "tls-alert"    // the host ended the handshake with an alert
	ClassTLSVersion Class = "tls-version"  // no common TLS version
	ClassProxy      Class = "proxy"        // an HTTP proxy answered in the host's place
	ClassStatus     Class = "status"       // an HTTP status that the step can't go on from
	ClassMalformed  Class = "malformed"    // bytes that the protocol forbids
	ClassTooLarge   Class = "too-large"    // an answer beyond the bounds
	ClassOurs       Class = "ours"         // pstest's own limit or bug: interrupted, no entropy, FIPS
)

// Classes lists every class, in the order of the documentation.
func Classes() []Class {
	return []Class{ClassDNS, ClassUnroutable, ClassRefused, ClassSilent, ClassReset, ClassNotTLS, ClassPlainOnTLS,
		ClassTLSAlert, ClassTLSVersion, ClassProxy, ClassStatus, ClassMalformed, ClassTooLarge, ClassOurs}
}

// Failure says what went wrong where.
type Failure struct {
	Class Class  `json:"class"`
	Op    string `json:"op"`            // what was being done, to what: "dial 10.2.3.4:5985"
	Raw   string `json:"raw,omitempty"` // what the library or the host said, control characters escaped, bounded
}

// String reads "op: raw (class)".
func (f *Failure) String() string {
	if f == nil {
		return ""
	}
	if f.Raw == "" {
		return f.Op + " (" + string(f.Class) + ")"
	}
	return f.Op + ": " + f.Raw + " (" + string(f.Class) + ")"
}
