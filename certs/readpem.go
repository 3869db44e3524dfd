package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"strings"
)

// readPEM reads every block of a PEM file (RFC 7468), whatever is between.
func (r *reader) readPEM(data []byte) error {
	blocks := 0
	for rest := data; ; blocks++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if err := r.readBlock(block); err != nil {
			return err
		}
	}
	if begun := bytes.Count(data, []byte("-----BEGIN ")); begun > blocks {
		r.warn("%d of %d blocks are not proper PEM and were passed over", begun-blocks, begun)
	}
	return nil
}

// readBlock takes over one block. Labels in use beside those of RFC 7468 are
// understood too.
func (r *reader) readBlock(block *pem.Block) error {
	switch label := block.Type; label {
	case "CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE":
		r.add(Entry{DER: block.Bytes})
	case "TRUSTED CERTIFICATE": // openssl: trust settings follow the certificate
		first, _ := firstElement(block.Bytes)
		r.add(Entry{DER: first})
	case "PKCS7", "CMS":
		r.format = FormatPKCS7
		if err := r.readPKCS7(block.Bytes); err != nil {
			return err
		}
	case "EC PARAMETERS", "DH PARAMETERS":
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		r.warn("a request for a certificate, which no authority has signed yet, was passed over")
	case "X509 CRL":
		r.warn("a revocation list was passed over")
	default:
		if strings.HasSuffix(label, "PRIVATE KEY") {
			return r.readKeyBlock(block)
		}
		r.warn("a block of type %s was passed over", label)
	}
	return nil
}

// readKeyBlock takes over the facts of a private key. The file must not be
// refused because of it: what can't be read is said in Key.Detail.
func (r *reader) readKeyBlock(block *pem.Block) error {
	k := privateKey{Key: Key{Present: true, ProviderState: ProviderNotRecorded}}
	switch {
	case r.allKeys >= maxKeys:
	case block.Type == "ENCRYPTED PRIVATE KEY":
		k.Encrypted = true
		if err := r.openKeyBlock(&k, block.Bytes); err != nil {
			return err
		}
	case strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		k.Encrypted, k.Detail = true, "it is encrypted in the old way of OpenSSL, which is not opened here"
	default:
		k.take(parseKey(block.Bytes))
	}
	r.addKey(k)
	return nil
}

// parseKey reads a private key in PKCS#8, PKCS#1 or SEC 1 and returns it as far
// as it is needed here: its public half.
func parseKey(der []byte) (any, error) {
	if len(der) > maxKeyDER {
		return nil, errKeyTooLong
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err == nil {
		return publicHalf(key)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return publicHalf(key)
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return publicHalf(key)
	}
	return nil, err
}
