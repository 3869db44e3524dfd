package certs

// Words of Defects, in the order in which it lists them.
const (
	DefectMalformed = "malformed" // Go can't read the leaf, so its TLS can't connect
	DefectName      = "name"      // names another host, or no host was asked for
	DefectDates     = "dates"     // expired or not yet valid, the leaf or a served one above it
	DefectTrust     = "trust"     // no way to a root
	DefectRevoked   = "revoked"   // the staple says so
	DefectPurpose   = "purpose"   // not for Server Authentication
	DefectStrength  = "strength"  // a key or a signature that Go refuses
)

// Defects lists all that must keep a password from a host that serves this
// chain, as Defect… words in a fixed order; empty: nothing does.
//
// The name is good when a subject alternative name matches, or when there is
// none at all and the common name matches, as the documentation asks.
//
// A pin that matches vouches for this very certificate (or its key), as the user
// has seen it by other means: it stands in for name, dates and trust, and for
// what only a missing trust tells. It never waives a revocation, a
// certificate for other purposes, or one that Go can't work with.
//
// A staple that says "revoked" counts even when its signature could not be
// checked: it is the host itself that hands it out.
func (i Inspection) Defects() []string {
	var words []string
	add := func(broken bool, word string) {
		if broken {
			words = append(words, word)
		}
	}
	named := i.Name.MatchesSAN || !i.Name.HasSAN && i.Name.MatchesCN
	add(i.ParseError != "", DefectMalformed)
	add(!i.Pinned && !named, DefectName)
	add(!i.Pinned && (i.Dates.Expired || i.Dates.NotYet), DefectDates)
	add(!i.Pinned && !i.Trust.Anchored, DefectTrust)
	add(i.Revocation.Staple == StapleRevoked || i.Revocation.Claim == StapleRevoked, DefectRevoked)
	add(i.Purpose.EKU == EKUOther || i.Purpose.ByIssuer && !i.Pinned, DefectPurpose)
	add(i.Strength.KeyRefused || i.Strength.SignatureRefused && !i.Pinned, DefectStrength)
	return words
}
