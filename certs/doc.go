// Package certs inspects certificate chains and mints chains with a chosen
// defect.
//
// Inspect looks at every property of a chain on its own (names, dates, trust,
// purpose, strength, revocation), because a verifier stops at the first defect
// it meets: Go 1.26 says only "expired" of a certificate that is expired, names
// another host and comes from an unknown authority. An Inspection is data
// without a verdict, it survives JSON both ways, and everything in it that a
// host chose is bounded in length and count and is valid UTF-8. It may hold
// control characters: whoever prints it escapes them.
//
// Inspect opens no socket: revocation lists, OCSP responders and issuer URLs are
// listed. Check and FetchIssuers ask them, through a Fetcher and no other way.
package certs
