package certs

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"time"
)

// maxAsked is how many responders, and how many lists, of one certificate are
// asked over the network.
const maxAsked = 4

// maxCRLFile bounds a file of lists, which in PEM takes a third more.
const maxCRLFile = 2 * DefaultMaxCRL

// RevocationOptions say how Check finds out.
type RevocationOptions struct {
	// Now is the time of the check; zero: time.Now.
	Now time.Time
	// Fetch asks responders and fetches lists; nil: nobody is asked.
	Fetch *Fetcher
	// CRLs are lists at hand, each the content of a file: DER, or PEM with one
	// list or several. They are tried before lists are fetched.
	CRLs [][]byte
	// Nonce has OCSP requests carry one. A response without it is taken all
	// the same, since many responders sign ahead; a response with another isn't.
	Nonce bool
}

// Check finds out which certificates of a chain are revoked: by the staple (of
// the leaf only), then by OCSP (RFC 6960), then by lists at hand, then by lists
// fetched (RFC 5280, sections 5 and 6.3). The first that says good or revoked,
// signed by the issuer or by whom it appointed, and fresh, decides; what comes
// after it is recorded as not needed. A responder that doesn't know the
// certificate leaves the decision to the lists.
//
// chain begins with the leaf, each certificate is followed by its issuer, and it
// is the caller's to have verified it. A self-signed certificate ends it: it is
// not checked. staple is DER or empty. Check never fails, and asks one after
// another; ctx bounds the time of all together.
func Check(ctx context.Context, chain []*x509.Certificate, staple []byte, o RevocationOptions) RevocationReport {
	r := RevocationReport{MustStaple: MustStapleNone, LeftOut: max(0, len(chain)-MaxCertificates)}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	files := readFiles(o.CRLs)
	for i, cert := range chain[:min(len(chain), MaxCertificates)] {
		c := &checker{RevocationOptions: o, cert: cert, files: files}
		if i == 0 {
			c.staple = staple
		}
		if i+1 < len(chain) {
			c.issuer = chain[i+1]
		}
		done := c.check(ctx)
		if i == 0 && mustStaple(cert) {
			r.MustStaple = stapled(done)
		}
		r.Certificates = append(r.Certificates, done)
		if r.Status == "" || severity(done.Status) > severity(r.Status) {
			r.Status = done.Status
		}
	}
	return r
}

// stapled says what became of a staple that the leaf demands (RFC 7633, section
// 4.2.3). A staple that says "revoked" is one.
func stapled(leaf CertificateRevocation) string {
	for _, s := range leaf.Sources {
		if s.Kind == SourceStaple {
			if s.Outcome == OutcomeGood || s.Outcome == OutcomeRevoked {
				return MustStapleMet
			}
			return MustStapleUnusable
		}
	}
	return MustStapleMissing
}

// checker finds out about one certificate.
type checker struct {
	RevocationOptions
	cert, issuer *x509.Certificate // issuer is nil when the chain ends
	staple       []byte
	files        []crlFile
	found        CertificateRevocation
	decided      bool
}

// check tries the sources in their order.
func (c *checker) check(ctx context.Context) CertificateRevocation {
	c.found = CertificateRevocation{Subject: distinguished(c.cert.RawSubject), SerialHex: serialHex(c.cert)}
	switch {
	case selfSigned(c.cert):
		c.found.Status, c.found.Why = StatusSelfSigned, "self-signed: no authority above it could revoke it"
		c.noteStaple("it is of a self-signed certificate")
		return c.found
	case c.issuer == nil:
		c.found.Status, c.found.Why = StatusUnknown, "its issuer, who signs what is said of it, is not in the chain"
		c.noteStaple(c.found.Why)
		return c.found
	case !signedBy(c.cert, c.issuer):
		c.found.Status, c.found.Why = StatusUnknown, "the certificate that follows it in the chain is not its issuer"
		c.noteStaple(c.found.Why)
		return c.found
	}
	if len(c.staple) > 0 {
		s := ocspQuestion{cert: c.cert, issuer: c.issuer, now: c.Now, limit: maxStaple}.judge(c.staple)
		s.Kind = SourceStaple
		c.record(s)
	}
	c.checkOCSP(ctx)
	c.checkFiles()
	c.checkLists(ctx)
	c.found.settle()
	return c.found
}

// noteStaple records a staple that can't be held against an issuer.
func (c *checker) noteStaple(why string) {
	if len(c.staple) > 0 {
		c.found.add(RevocationSource{Kind: SourceStaple, Outcome: OutcomeUnsupported, Detail: why})
	}
}

func (c *checker) record(s RevocationSource) { c.decided = c.found.add(s) || c.decided }

// checkOCSP asks the responders that the certificate names (RFC 5280, section
// 4.2.2.1).
func (c *checker) checkOCSP(ctx context.Context) {
	asked := 0
	for _, address := range c.cert.OCSPServer {
		s, skip := RevocationSource{Outcome: OutcomeNotNeeded}, true
		if !c.decided {
			s, skip = c.unaskable(address, &asked)
		}
		if !skip {
			s = c.askOCSP(ctx, address)
		}
		s.Kind, s.URL = SourceOCSP, shown(address)
		c.record(s)
	}
}

func (c *checker) maxOCSP() int64 { return cmp.Or(c.Fetch.MaxOCSP, DefaultMaxOCSP) }

// crlFile is one list at hand.
type crlFile struct {
	number  int // of the file, from 1
	list    *crl
	problem string // why list is nil
}

// readFiles reads the lists at hand once for all certificates.
func readFiles(contents [][]byte) (files []crlFile) {
	for i, content := range contents {
		if len(content) > maxCRLFile {
			files = append(files, crlFile{number: i + 1, problem: fmt.Sprintf("longer than %d octets", maxCRLFile)})
			continue
		}
		lists := listsOf(content)
		if len(lists) == 0 {
			files = append(files, crlFile{number: i + 1, problem: "no revocation list in PEM or DER"})
		}
		for _, der := range lists {
			f := crlFile{number: i + 1}
			list, err := readCRL(der)
			if f.list = list; err != nil {
				f.list, f.problem = nil, err.Error()
			}
			files = append(files, f)
		}
	}
	return files
}
