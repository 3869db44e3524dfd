package certs

import (
	"crypto"
	"net"
	"time"
)

// Kind says who issues a minted leaf and what is served with it.
type Kind string

// The kinds of chain.
const (
	KindLab                 Kind = ""                     // by the lab's root, served alone
	KindSelfSigned          Kind = "self-signed"          // by itself
	KindUnknownCA           Kind = "unknown-ca"           // by a root that MintCA doesn't hold
	KindIntermediate        Kind = "intermediate"         // by an intermediate, served with it
	KindMissingIntermediate Kind = "missing-intermediate" // by the intermediate, served alone, with an AIA URL
	KindExpiredIntermediate Kind = "expired-intermediate" // by an intermediate that expired a minute after NotBefore of the leaf, served with it
)

// EKU selects the extended key usage of a minted leaf.
type EKU string

// The extended key usages.
const (
	EKUServer EKU = ""       // Server Authentication
	EKUClient EKU = "client" // Client Authentication only
	EKUBoth   EKU = "both"   // both
	EKUNone   EKU = "none"   // no such extension
)

// Spec describes a chain to mint. The same Spec gives the same bytes on every
// machine and at any time. The zero value of each field is the healthy choice;
// only CN or a name must be given.
type Spec struct {
	CN       string   // common name; empty: none
	DNSNames []string // none and no IPs: CN, if it isn't empty and CNOnly isn't set
	IPs      []net.IP
	CNOnly   bool // no subjectAltName, whatever DNSNames and IPs say

	NotBefore time.Time // zero: 2024-01-01
	NotAfter  time.Time // zero: 2049-12-31

	Kind Kind
	EKU  EKU

	KeyType string // "RSA" (also for ""), "ECDSA"
	KeyBits int    // RSA: 2048 (0) or 1024; ECDSA: 256 (0) or 384

	Hash crypto.Hash // of the signature: SHA-256 (0), SHA-384, SHA-512, SHA-1
	SHA1 bool        // short for Hash: crypto.SHA1

	NegativeSerial bool
	MustStaple     bool
	CRLs, OCSP     []string // URLs to list
	IssuerURLs     []string // AIA caIssuers; KindMissingIntermediate has one by default

	// Staple is the Staple… word that Inspect is to say of the stapled OCSP
	// response; empty or "none": no response. Its validity is that of the
	// leaf; an expired one ends an hour after NotBefore.
	Staple string
}
