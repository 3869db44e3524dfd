package certs

import (
	"errors"
	"fmt"
)

// Bounds on what Read takes over from a file.
const (
	MaxFile   = 16 << 20 // octets of a file; a longer one is refused
	MaxRead   = 1000     // certificates of a file; the rest is counted, not read
	maxKeys   = 16       // private keys of a file
	maxChains = 64       // chains of a file
	maxKeyDER = 12 << 10 // octets of one private key; RSA with 16384 bits has some 9,300
)

// Words of Bundle.Format.
const (
	FormatPEM   = "PEM"
	FormatDER   = "DER"
	FormatPKCS7 = "PKCS#7"
	FormatPFX   = "PFX"
)

// accepted ends the errors of a file that is something else.
const accepted = "accepted are certificates in PEM, DER, PKCS#7 (.p7b) or PFX (.pfx, .p12)"

// Errors of Read, wrapped: ask with errors.Is.
var (
	ErrTooLarge         = errors.New("the file is too large")
	ErrPasswordNeeded   = errors.New("it is protected by a password, and none was given")
	ErrWrongPassword    = errors.New("the password is wrong")
	ErrTooMuchWork      = errors.New("it asks for more rounds of key derivation than are done here")
	ErrNoCertificate    = errors.New("there is no certificate in it")
	ErrUnsupported      = errors.New("it is made in a way that is not read here")
	errNotUnderstood    = errors.New("it is none of the formats that are read here, or it is damaged")
	errCutShort         = errors.New("it begins as DER, but it is cut short or damaged")
	errIndefinite       = fmt.Errorf("%w: BER with indefinite lengths, not DER; openssl pkcs12 (or pkcs7) can write it anew", ErrUnsupported)
	errRequest          = errors.New("it is a request for a certificate (PKCS#10), which no authority has signed yet")
	errRevocationList   = errors.New("it is a revocation list, not a certificate")
	errPrivateKey       = errors.New("it is a private key alone; the certificate is missing")
	errNotDegenerate    = errors.New("it is PKCS#7, but not a SignedData")
	errPKCS7Malformed   = errors.New("the PKCS#7 frame is damaged")
	errPasswordUnusable = fmt.Errorf("%w: its password has a character outside the Basic Multilingual Plane", ErrUnsupported)
	errHiddenKey        = fmt.Errorf("%w: a private key lies inside an encrypted part, beside the certificates", ErrUnsupported)
)

// ReadOptions say how a file is read.
type ReadOptions struct {
	// Name stands for the file in errors; empty: "the input".
	Name string
	// Password is asked at most once, and only when the file needs a password
	// and the empty one doesn't open it; nil: there is none to give.
	Password func() (string, error)
}

// Bundle is what a file of certificates holds. It survives JSON both ways and
// holds nothing of a private key but Key.
type Bundle struct {
	Name   string `json:"name,omitempty"` // ReadOptions.Name
	Format string `json:"format"`         // a Format… word
	// Chains are those that end in a leaf, one for each leaf. Leaves are the
	// certificates whose key is in the file, then those that are no authority,
	// each kind in the order of the file; without any the first certificate is
	// taken for one. Never empty.
	Chains []Chain `json:"chains"`
	// Loose are the certificates that belong to no chain, in the order of the
	// file.
	Loose []Entry `json:"loose,omitempty"`
	// Key is that of the first chain or, where none has one, the first of the
	// file, which then matches nothing.
	Key Key `json:"key,omitzero"`
	// Certificates and Keys count what the file holds, those beyond the bounds
	// too, without those listed twice.
	Certificates int `json:"certificates"`
	Keys         int `json:"keys,omitempty"`
	// Warnings say what in the file was passed over or is not as it should be.
	Warnings []string `json:"warnings,omitempty"`
}

// Entry is one certificate of a file.
type Entry struct {
	DER          []byte `json:"der"`
	FriendlyName string `json:"friendlyName,omitempty"` // of a PFX
	LocalKeyID   string `json:"localKeyId,omitempty"`   // of a PFX, lower-case hexadecimal
}

// Chain is a leaf and what the file has above it.
type Chain struct {
	// Entries begin with the leaf; each is signed by the next. At most
	// MaxCertificates; Longer tells that the file goes on.
	Entries []Entry `json:"entries"`
	Longer  bool    `json:"longer,omitempty"`
	Key     Key     `json:"key,omitzero"` // of the leaf
}

// DER lists the certificates of a chain as Inspect takes them.
func (c Chain) DER() [][]byte {
	var raw [][]byte
	for _, e := range c.Entries {
		raw = append(raw, e.DER)
	}
	return raw
}

// Inspect inspects a chain that was read from a file, its key included.
func (c Chain) Inspect(o Options) Inspection {
	i := Inspect(c.DER(), o)
	i.Key = c.Key
	return i
}

// reader collects what a file holds, in its order.
type reader struct {
	o        ReadOptions
	format   string
	certs    []entry
	keys     []privateKey
	total    int // certificates seen, those not kept too
	allKeys  int // keys seen
	warnings []string
	seen     map[string]bool // thumbprints
	asked    *string         // the password that was given; nil: not asked yet
	rounds   int64           // of key derivation that keys in PEM took so far
}

// entry is one certificate on its way into a Bundle.
type entry struct {
	Entry
	parsed
}

// Read reads certificates out of a file: PEM (any number of certificates and
// keys, with anything between), one certificate or several in DER, PKCS#7 in
// either, and PFX. Text in UTF-16, which Windows PowerShell writes, and Base64
// without the lines around it, as Azure Key Vault hands out a PFX, are
// understood. An error says what was read and what is wrong with it; where the
// file holds no certificate, also what is accepted.
func Read(data []byte, o ReadOptions) (Bundle, error) {
	if o.Name == "" {
		o.Name = "the input"
	}
	o.Name = shown(o.Name)
	r := &reader{o: o, seen: map[string]bool{}}
	if len(data) > MaxFile {
		return Bundle{}, fmt.Errorf("reading %s: %w: %d octets, and at most %d are read", o.Name, ErrTooLarge, len(data), MaxFile)
	}
	if err := r.read(data); err != nil {
		return Bundle{}, r.explain(err)
	}
	b := r.bundle()
	b.Name = o.Name
	return b, nil
}

// explain puts the file and the format before an error, and what is accepted
// behind one that another file would cure.
func (r *reader) explain(err error) error {
	what := r.o.Name
	if r.format != "" {
		what += ": " + r.format
	}
	for _, own := range []error{ErrPasswordNeeded, ErrWrongPassword, ErrTooMuchWork} {
		if errors.Is(err, own) {
			return fmt.Errorf("reading %s: %w", what, err)
		}
	}
	return fmt.Errorf("reading %s: %w; %s", what, err, accepted)
}

// read fills the reader; nil means that there is at least one certificate.
func (r *reader) read(data []byte) error {
	if data = r.plainText(data); len(data) == 0 {
		return errors.New("it is empty")
	}
	var err error
	switch {
	case wholeDER(data):
		err = r.readDER(data)
	case hasPEM(data):
		r.format = FormatPEM
		err = r.readPEM(data)
	default:
		err = r.readOther(data)
	}
	if err != nil {
		return err
	}
	if len(r.certs) == 0 {
		return r.nothing()
	}
	return nil
}

// nothing says of a file without a certificate what it has instead.
func (r *reader) nothing() error {
	if r.allKeys > 0 {
		return fmt.Errorf("%w, only a private key", ErrNoCertificate)
	}
	if len(r.warnings) > 0 {
		return fmt.Errorf("%w: %s", ErrNoCertificate, r.warnings[0])
	}
	return ErrNoCertificate
}

// add takes a certificate over, once and within the bounds.
func (r *reader) add(e Entry) {
	if len(e.DER) > MaxDER {
		r.warn("a certificate longer than %d octets was passed over", MaxDER)
		return
	}
	print := thumbprint(e.DER)
	if r.seen[print] {
		r.warn("the certificate with the SHA-256 thumbprint %s is in the file more than once", print)
		return
	}
	r.seen[print] = true
	if r.total >= MaxRead {
		r.total++
		return
	}
	p := parse(e.DER)
	if p.cert == nil {
		r.warn("something in the place of a certificate is none: %v", p.err)
		return
	}
	if r.total++; p.err != nil {
		r.warn("Go refuses certificate %d of the file: %v", r.total, p.err)
	}
	e.FriendlyName = shown(e.FriendlyName)
	r.certs = append(r.certs, entry{Entry: e, parsed: p})
}

// warn keeps the first 20 warnings.
func (r *reader) warn(format string, args ...any) {
	const most = 20
	if len(r.warnings) < most {
		r.warnings = append(r.warnings, shown(fmt.Sprintf(format, args...)))
	} else if len(r.warnings) == most {
		r.warnings = append(r.warnings, "there is more to warn of")
	}
}

// password asks for the password once.
func (r *reader) password() (string, error) {
	if r.asked != nil {
		return *r.asked, nil
	}
	if r.o.Password == nil {
		return "", ErrPasswordNeeded
	}
	text, err := r.o.Password()
	if err != nil {
		return "", fmt.Errorf("asking for the password: %w", err)
	}
	r.asked = &text
	return text, nil
}
