package certs

import "time"

// Bounds on what an Inspection takes over from a chain.
const (
	MaxCertificates = 16        // certificates of one chain that are looked at
	MaxNames        = 100       // names, addresses, URLs or OIDs in one list
	MaxRunes        = 256       // runes of one string; a cut string ends in "…"
	MaxDER          = 256 << 10 // octets of one certificate; a longer one is not parsed
)

// Inspection is what one chain shows, property by property, without a verdict.
type Inspection struct {
	// Certificates are the served ones, leaf first, in the order of the chain,
	// at most MaxCertificates.
	Certificates []Certificate `json:"certificates,omitempty"`
	// LeftOut counts the served certificates beyond MaxCertificates.
	LeftOut int `json:"leftOut,omitempty"`
	// Host is the name or address that the leaf was held against; empty: none.
	Host       string     `json:"host,omitempty"`
	Name       Name       `json:"name"`
	Dates      Dates      `json:"dates"`
	Trust      Trust      `json:"trust"`
	Purpose    Purpose    `json:"purpose"`
	Strength   Strength   `json:"strength"`
	Revocation Revocation `json:"revocation"`
	Properties Properties `json:"properties,omitzero"`
	// Served lists the names that the leaf serves, when there is no Host.
	Served Served `json:"served,omitzero"`
	// Key is the private key that the file holds beside the chain; zero for a
	// chain that a host served.
	Key Key `json:"key,omitzero"`
	// ParseError says why Go's parser, and so every TLS client in Go, refuses
	// the leaf. The rest then holds what a raw reading of the DER gave.
	ParseError string `json:"parseError,omitempty"`
	// SHA1 and SHA256 are the thumbprints of the leaf: upper-case hexadecimal
	// without separators, as Windows lists the SHA-1 one.
	SHA1   string `json:"sha1,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	// Pinned tells that Options.Pin is the SHA-256 of the leaf or of its public key.
	Pinned bool `json:"pinned,omitempty"`
}

// Certificate describes one certificate of a chain.
type Certificate struct {
	Subject    string `json:"subject,omitempty"` // RFC 2253 style
	Issuer     string `json:"issuer,omitempty"`
	CommonName string `json:"commonName,omitempty"`
	// DNSNames and IPAddresses are of the subjectAltName extension, together
	// at most MaxNames each; NamesLeftOut counts the rest of both.
	DNSNames           []string  `json:"dnsNames,omitempty"`
	IPAddresses        []string  `json:"ipAddresses,omitempty"`
	NamesLeftOut       int       `json:"namesLeftOut,omitempty"`
	NotBefore          time.Time `json:"notBefore,omitzero"`
	NotAfter           time.Time `json:"notAfter,omitzero"`
	SerialHex          string    `json:"serialHex,omitempty"` // upper case, "-" first when negative
	KeyType            string    `json:"keyType,omitempty"`   // as in Strength
	KeyBits            int       `json:"keyBits,omitempty"`
	SignatureAlgorithm string    `json:"signatureAlgorithm,omitempty"` // Go's name of it, or the OID
	// SelfSigned: issuer and subject are the same and its own key verifies it.
	SelfSigned bool   `json:"selfSigned,omitempty"`
	IsCA       bool   `json:"isCA,omitempty"`
	SHA1       string `json:"sha1,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
	// ParseError says why Go refuses this certificate; empty: it doesn't.
	ParseError string `json:"parseError,omitempty"`
}

// Words of Name.Reason.
const (
	NameNotAsked    = "not-asked"      // no host to hold it against
	NameCNOnly      = "cn-only"        // the CN matches and there is no SAN; today's clients refuse it
	NameCNNotSAN    = "cn-not-san"     // the CN matches, the SAN lists other names; those win
	NameNone        = "no-name"        // neither a CN nor a SAN
	NameIPAsDNS     = "ip-in-dns-name" // the asked address is in a dNSName, where no client looks for it
	NameNoIP        = "ip-not-listed"  // asked by address, and the address is in no iPAddress
	NameWildcard    = "wildcard-depth" // a wildcard would have to cover more or fewer labels than one
	NameShort       = "short-name"     // asked by full name; the certificate has its first label only
	NameFull        = "full-name"      // asked by short name; the certificate has a longer name of it
	NameOther       = "other-name"     // names something else
	NameInvalidHost = "invalid-host"   // the host asked for isn't a host name
)

// Name holds what the leaf is called against the host it was asked for.
type Name struct {
	CN           string   `json:"cn,omitempty"`
	DNSNames     []string `json:"dnsNames,omitempty"`
	IPs          []string `json:"ips,omitempty"`
	NamesLeftOut int      `json:"namesLeftOut,omitempty"`
	// MatchesCN is the documented rule (about_Remote_Requirements): the common
	// name is the host name, in any case; a wildcard covers one label.
	MatchesCN bool `json:"matchesCN,omitempty"`
	// MatchesSAN is what clients ask for today (RFC 9525, section 6): a
	// dNSName, or for an address an iPAddress, matches.
	MatchesSAN bool `json:"matchesSAN,omitempty"`
	// HasSAN: a subjectAltName with a dNSName or an iPAddress is there. Only
	// without one do OpenSSL-based clients look at the common name.
	HasSAN   bool `json:"hasSAN,omitempty"`
	HostIsIP bool `json:"hostIsIP,omitempty"`
	IPAsDNS  bool `json:"ipAsDNS,omitempty"`
	// Reason is one of the Name… words; empty: the SAN matches.
	Reason string `json:"reason,omitempty"`
	// Detail is Reason in words, with the names that matter.
	Detail string `json:"detail,omitempty"`
}

// Dates holds the validity of the leaf and of those certificates above it that
// the host served and that its chain needs.
type Dates struct {
	NotBefore time.Time `json:"notBefore,omitzero"` // of the leaf
	NotAfter  time.Time `json:"notAfter,omitzero"`  // of the leaf
	Expired   bool      `json:"expired,omitempty"`
	NotYet    bool      `json:"notYet,omitempty"`
	// Where is the index in Certificates of the first offending one; -1: none.
	Where int `json:"where"`
	// DaysLeft counts whole days until NotAfter of the leaf, negative after it.
	DaysLeft int `json:"daysLeft"`
}

// Words of Trust.Cause.
const (
	CauseSelfSigned          = "self-signed"          // the leaf signed itself and is no trusted root
	CauseUnknownCA           = "unknown-ca"           // issued by an authority that the store doesn't hold
	CauseMissingIntermediate = "missing-intermediate" // as unknown-ca, but the issuer can be downloaded: a possibility, not proven
	CauseExpiredIntermediate = "expired-intermediate" // only an expired certificate between leaf and root is in the way
	CauseEarlyIntermediate   = "early-intermediate"   // only a not yet valid one between leaf and root is in the way
	CauseExpiredRoot         = "expired-root"         // only the dates of the root are in the way
	CauseConstrained         = "constrained"          // an authority isn't allowed to sign this (name constraint, path length, not a CA)
	CauseCriticalExtension   = "critical-extension"   // a critical extension that Go doesn't know
	CauseSHA1                = "sha1"                 // the issuer is known, but the signature uses SHA-1, MD5 or MD2, which Go refuses
	CauseKeySize             = "key-size"             // an RSA key of the chain has a size with which Go refuses to work
	CauseMalformed           = "malformed"            // the leaf can't be read
	CauseNoRoots             = "no-roots"             // the system's roots can't be loaded
	CauseOther               = "other"                // see Detail
)

// Trust tells whether the chain leads to a root, dates of the leaf, name and
// purpose aside.
type Trust struct {
	// Anchored: at some moment within the validity of the leaf, and now as far
	// as the certificates above it go, a root of the store vouches for the leaf.
	Anchored bool   `json:"anchored,omitempty"`
	Store    string `json:"store,omitempty"`  // Options.Store
	Root     string `json:"root,omitempty"`   // subject of the root; empty when not anchored
	Cause    string `json:"cause,omitempty"`  // a Cause… word; empty when anchored
	Detail   string `json:"detail,omitempty"` // for people
	// IssuerURLs are where the leaf, or the last served certificate of its
	// path, says that its issuer can be had (AIA caIssuers, RFC 5280, 4.2.2.1).
	IssuerURLs []string `json:"issuerURLs,omitempty"`
}

// Words of Purpose.EKU.
const (
	EKUPresent = "present" // Server Authentication, or any purpose
	EKUAbsent  = "absent"  // no extended key usage: clients accept it
	EKUOther   = "other"   // other purposes only
)

// Purpose tells what the leaf may be used for (RFC 5280, section 4.2.1.12).
type Purpose struct {
	EKU  string   `json:"eku,omitempty"`  // empty: the leaf can't be read
	OIDs []string `json:"oids,omitempty"` // the purposes listed, as dotted numbers
	// ByIssuer: the leaf allows Server Authentication (or doesn't say), but no
	// chain to a root does, because an authority above it is restricted.
	ByIssuer bool `json:"byIssuer,omitempty"`
}

// Strength tells how strong keys and signatures are.
type Strength struct {
	KeyType string `json:"keyType,omitempty"` // RSA, ECDSA, Ed25519, DSA; empty: unknown
	Bits    int    `json:"bits,omitempty"`
	// WeakKey: RSA or DSA below 2048 bits, an elliptic curve below 224
	// (NIST SP 800-131A revision 2, tables 2 and 5).
	WeakKey            bool   `json:"weakKey,omitempty"`
	SignatureAlgorithm string `json:"signatureAlgorithm,omitempty"`
	// WeakSignature: SHA-1, MD5 or MD2 signs the leaf or, Where telling which,
	// a served certificate above it that isn't self-signed.
	WeakSignature bool `json:"weakSignature,omitempty"`
	// Where is the index of the first weak signature; -1: none.
	Where          int  `json:"where"`
	NegativeSerial bool `json:"negativeSerial,omitempty"`
	// KeyRefused: crypto/tls refuses to work with the leaf's RSA key, which has
	// fewer than 1024 or more than 8192 bits.
	KeyRefused bool `json:"keyRefused,omitempty"`
	// SignatureRefused: a weak signature alone keeps Go from trusting the chain.
	SignatureRefused bool `json:"signatureRefused,omitempty"`
}

// Words of Revocation.Staple and of Spec.Staple.
const (
	StapleNone    = "none"
	StapleGood    = "good"
	StapleRevoked = "revoked"
	StapleUnknown = "unknown" // the responder doesn't know the certificate
	StapleInvalid = "invalid" // unreadable, for another certificate, or not signed by the issuer
	StapleExpired = "expired" // properly signed, but not for now
)

// Revocation tells what is known without asking anyone.
type Revocation struct {
	Staple string `json:"staple"` // a Staple… word
	// Claim is what the staple says before its signature is looked at: good,
	// revoked or unknown; empty when there is none that can be read.
	Claim        string    `json:"claim,omitempty"`
	RevokedAt    time.Time `json:"revokedAt,omitzero"`
	Reason       string    `json:"reason,omitempty"` // RFC 5280, section 5.3.1, "keyCompromise"
	CRLs         []string  `json:"crls,omitempty"`   // listed in the leaf, not fetched
	OCSP         []string  `json:"ocsp,omitempty"`   // listed in the leaf, not asked
	MustStaple   bool      `json:"mustStaple,omitempty"`
	StapleDetail string    `json:"stapleDetail,omitempty"`
}
