package certs

import (
	"slices"
	"time"
)

// Words of CertificateRevocation.Status and of RevocationReport.Status.
const (
	StatusGood        = "good"        // a signed and fresh answer says so
	StatusRevoked     = "revoked"     // a signed answer says so
	StatusUnknown     = "unknown"     // there were answers, none of which could be used or knew the certificate
	StatusUnreachable = "unreachable" // nobody who was asked answered: never good
	StatusNotChecked  = "not-checked" // sources are listed, but none of a kind that was asked
	StatusNoSource    = "no-source"   // no source is listed and none was given
	StatusSelfSigned  = "self-signed" // a root: nobody above it could revoke it
)

// Words of RevocationReport.MustStaple (RFC 7633).
const (
	MustStapleNone     = "not-asked" // the leaf doesn't demand a staple
	MustStapleMet      = "met"       // it does, and the staple is signed and fresh
	MustStapleMissing  = "missing"   // it does, and there is no staple
	MustStapleUnusable = "unusable"  // it does, and the staple says nothing that holds
)

// Words of RevocationSource.Kind.
const (
	SourceStaple   = "staple"
	SourceOCSP     = "ocsp"
	SourceCRLFile  = "crl-file"
	SourceCRL      = "crl"
	SourceDeltaCRL = "delta-crl"
)

// Words of RevocationSource.Outcome. The first three are answers.
const (
	OutcomeGood    = "good"
	OutcomeRevoked = "revoked"
	OutcomeUnknown = "unknown" // the responder doesn't know the certificate (RFC 6960, section 2.2)

	OutcomeExpired      = "expired"       // it ended before now
	OutcomeNotYet       = "not-yet"       // it begins after now
	OutcomeBadSignature = "bad-signature" // the issuer didn't sign it
	OutcomeNotEntitled  = "not-entitled"  // whoever signed it isn't appointed to
	OutcomeWrongIssuer  = "wrong-issuer"  // of another authority, or of another key of this one
	OutcomeOther        = "other"         // about other certificates
	OutcomeWrongNonce   = "wrong-nonce"   // not an answer to our request
	OutcomeDeclined     = "declined"      // the responder gives no answer (RFC 6960, section 2.3)
	OutcomeMalformed    = "malformed"
	OutcomeUnsupported  = "not-supported" // it demands what isn't done here, see Detail
	OutcomeUnreachable  = "unreachable"   // Failure says how
	OutcomeNotTaken     = "not-taken"     // what came broke a bound, see Failure
	OutcomeNotFetched   = "not-fetched"   // nobody was asked, see Failure and Detail
	OutcomeNotNeeded    = "not-needed"    // an earlier source gave the answer
)

// RevocationReport tells of every certificate of a chain whether it is revoked.
type RevocationReport struct {
	// Status is the worst of the Certificates: revoked, unknown, unreachable,
	// not-checked, no-source, good, self-signed; empty: no certificate.
	Status     string `json:"status,omitempty"`
	MustStaple string `json:"mustStaple"` // a MustStaple… word
	// Certificates are in the order of the chain, at most MaxCertificates.
	Certificates []CertificateRevocation `json:"certificates,omitempty"`
	LeftOut      int                     `json:"leftOut,omitempty"` // certificates beyond them
}

// CertificateRevocation tells what the sources said of one certificate.
type CertificateRevocation struct {
	Subject   string `json:"subject,omitempty"` // RFC 2253 style
	SerialHex string `json:"serialHex,omitempty"`
	Status    string `json:"status"` // a Status… word
	// Why says why there is nothing to check with; empty: see Sources.
	Why string `json:"why,omitempty"`
	// By is the Kind of the source that decided; empty: none did.
	By        string    `json:"by,omitempty"`
	RevokedAt time.Time `json:"revokedAt,omitzero"`
	Reason    string    `json:"reason,omitempty"` // RFC 5280, section 5.3.1, "keyCompromise"
	// Sources are in the order in which they were, or would have been, tried.
	Sources []RevocationSource `json:"sources,omitempty"`
	LeftOut int                `json:"leftOut,omitempty"` // sources beyond MaxSources
}

// RevocationSource is one source and what came of it.
type RevocationSource struct {
	Kind    string `json:"kind"`              // a Source… word
	URL     string `json:"url,omitempty"`     // empty for staples and files
	File    int    `json:"file,omitempty"`    // 1 is the first of RevocationOptions.CRLs
	Outcome string `json:"outcome"`           // an Outcome… word
	Failure string `json:"failure,omitempty"` // a Fetch… word
	HTTP    int    `json:"http,omitempty"`    // the status when Failure is "status"
	Detail  string `json:"detail,omitempty"`  // for people
	// The rest is what a source says, if it could be read at all.
	ThisUpdate time.Time `json:"thisUpdate,omitzero"`
	NextUpdate time.Time `json:"nextUpdate,omitzero"`
	RevokedAt  time.Time `json:"revokedAt,omitzero"`
	Reason     string    `json:"reason,omitempty"`
	// Responder is the subject of the certificate that came with an OCSP
	// response and isn't the issuer's. Its own revocation isn't checked.
	Responder string `json:"responder,omitempty"`
	// Nonce is "echoed" or "absent" when one was sent; many responders sign
	// ahead and leave it out (RFC 6960, section 4.4.1).
	Nonce   string `json:"nonce,omitempty"`
	Entries int    `json:"entries,omitempty"` // certificates that a list revokes
}

// MaxSources bounds the sources of one certificate that are recorded.
const MaxSources = 32

// flaw is an error that knows its Outcome… word.
type flaw struct{ outcome, text string }

func (f flaw) Error() string { return f.text }

// add records a source and tells whether it decided.
func (c *CertificateRevocation) add(s RevocationSource) bool {
	decides := s.Outcome == OutcomeGood || s.Outcome == OutcomeRevoked
	if len(c.Sources) >= MaxSources && !decides {
		c.LeftOut++
		return false
	}
	s.Detail = shown(s.Detail)
	c.Sources = append(c.Sources, s)
	if decides {
		c.Status, c.By, c.RevokedAt, c.Reason = s.Outcome, s.Kind, s.RevokedAt, s.Reason
	}
	return decides
}

// settle gives a certificate that no source decided about its status.
func (c *CertificateRevocation) settle() {
	if c.Status != "" {
		return
	}
	c.Status = StatusNoSource
	for _, s := range c.Sources {
		if now := s.standing(); severity(now) > severity(c.Status) {
			c.Status = now
		}
	}
}

// standing is what a source that didn't decide says of a certificate. A list at
// hand that is about others says nothing.
func (s RevocationSource) standing() string {
	switch s.Outcome {
	case OutcomeUnreachable:
		return StatusUnreachable
	case OutcomeNotFetched, OutcomeNotNeeded:
		return StatusNotChecked
	case OutcomeWrongIssuer, OutcomeOther:
		if s.Kind == SourceCRLFile {
			return StatusNotChecked
		}
	}
	return StatusUnknown
}

// severity orders statuses; the worst is the highest.
func severity(status string) int {
	return slices.Index([]string{StatusSelfSigned, StatusGood, StatusNoSource, StatusNotChecked, StatusUnreachable, StatusUnknown, StatusRevoked}, status)
}
