package certs

import "bytes"

// maxLinks bounds the signatures that are verified to put one file in order. A
// chain of 16 takes 15.
const maxLinks = 400

// sorter puts the certificates of a file in order.
type sorter struct {
	certs   []entry
	bySubj  map[string][]int // raw subject to indices, in the order of the file
	checked int              // signatures verified so far
	used    []bool           // in some chain
	longer  bool             // the chain built last goes on
}

// bundle puts what was read in order.
func (r *reader) bundle() Bundle {
	s := &sorter{certs: r.certs, bySubj: map[string][]int{}, used: make([]bool, len(r.certs))}
	for i, e := range r.certs {
		name := string(e.cert.RawSubject)
		s.bySubj[name] = append(s.bySubj[name], i)
	}
	b := Bundle{Format: r.format, Certificates: r.total, Keys: r.allKeys}
	for _, leaf := range r.leaves() {
		if len(b.Chains) == maxChains {
			r.warn("there are more than %d chains in the file; the others are listed as loose certificates", maxChains)
			break
		}
		if !s.used[leaf] {
			b.Chains = append(b.Chains, s.chain(leaf, r.keyOf(leaf)))
		}
	}
	for i, e := range r.certs {
		if !s.used[i] {
			b.Loose = append(b.Loose, e.Entry)
		}
	}
	b.Key = r.mainKey(b.Chains)
	r.remarks(b, s)
	b.Warnings = r.warnings
	return b
}

// leaves are the indices of the certificates that chains begin with, those with
// a key first. Self-signed ones come after those they may have issued.
func (r *reader) leaves() []int {
	var keyed, issued, alone []int
	for i, e := range r.certs {
		switch {
		case r.keyOf(i).Matches == MatchYes:
			keyed = append(keyed, i)
		case e.cert.IsCA:
		case bytes.Equal(e.cert.RawIssuer, e.cert.RawSubject):
			alone = append(alone, i)
		default:
			issued = append(issued, i)
		}
	}
	all := append(append(keyed, issued...), alone...)
	if len(all) == 0 {
		r.warn("every certificate of the file is an authority's; the first is taken for the one that is to be served")
		return []int{0}
	}
	return all
}

// keyOf is the key of a certificate; the zero Key: the file has none of it.
func (r *reader) keyOf(i int) Key {
	for _, k := range r.keys {
		if k.fits(r.certs[i].cert) == MatchYes {
			k.Matches = MatchYes
			return k.Key
		}
	}
	return Key{}
}

// mainKey chooses Bundle.Key. A first chain without a key gets one of the file,
// rather one that can't be read than one that doesn't fit, so that this is told.
func (r *reader) mainKey(chains []Chain) Key {
	first := &chains[0].Key
	if !first.Present && len(r.keys) > 0 {
		leaf := parse(chains[0].Entries[0].DER)
		for _, k := range r.keys {
			if k.Matches = k.fits(leaf.cert); !first.Present || k.Matches == MatchUnknown {
				*first = k.Key
			}
		}
	}
	return *first
}

// chain follows the issuers of a leaf upwards, by names, key identifiers and
// signatures.
func (s *sorter) chain(leaf int, key Key) Chain {
	c := Chain{Key: key}
	in := map[int]bool{}
	for at := leaf; at >= 0; at = s.issuer(at, in) {
		if len(c.Entries) == MaxCertificates {
			c.Longer, s.longer = true, true
			break
		}
		in[at], s.used[at] = true, true
		c.Entries = append(c.Entries, s.certs[at].Entry)
	}
	return c
}

// issuer is the index of a certificate that signed another and isn't in its
// chain yet; -1: there is none.
func (s *sorter) issuer(of int, in map[int]bool) int {
	c := s.certs[of]
	if !c.whole || bytes.Equal(c.cert.RawIssuer, c.cert.RawSubject) {
		return -1
	}
	for _, i := range s.bySubj[string(c.cert.RawIssuer)] {
		above := s.certs[i]
		if in[i] || !above.whole || keyIDsDiffer(c.cert.AuthorityKeyId, above.cert.SubjectKeyId) || s.checked >= maxLinks {
			continue
		}
		s.checked++
		if signedBy(c.cert, above.cert) {
			return i
		}
	}
	return -1
}

// keyIDsDiffer tells that both are there and aren't the same.
func keyIDsDiffer(authority, subject []byte) bool {
	return len(authority) > 0 && len(subject) > 0 && !bytes.Equal(authority, subject)
}

// remarks warns of what the order of the file shows.
func (r *reader) remarks(b Bundle, s *sorter) {
	if left := r.total - len(r.certs); left > 0 {
		r.warn("%d certificates beyond the first %d were counted, not read", left, MaxRead)
	}
	if left := r.allKeys - len(r.keys); left > 0 {
		r.warn("%d private keys beyond the first %d were passed over", left, maxKeys)
	}
	if s.longer {
		r.warn("a chain is longer than %d certificates; those above were not followed", MaxCertificates)
	}
	if s.checked >= maxLinks {
		r.warn("the certificates have so many possible issuers that not all were tried")
	}
	if first := b.Chains[0].Entries[0]; r.format == FormatPEM && !bytes.Equal(first.DER, r.certs[0].DER) {
		r.warn("the first certificate of the file is not the one that is to be served; some servers need it first")
	}
	if len(b.Loose) > 0 && !s.longer {
		r.warn("%d of %d certificates belong to no chain in this file", len(b.Loose), len(r.certs))
	}
	if b.Key.Matches == MatchNo {
		r.warn("the private key does not belong to the certificate")
	}
}
