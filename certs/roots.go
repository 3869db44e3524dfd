package certs

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// maxRootsFile bounds a file of roots; a system's bundle has some 200 KiB.
const maxRootsFile = 8 << 20

// LoadRoots reads trusted certificates out of a file: PEM, of which blocks other
// than certificates are passed over, or one certificate in DER, as Windows
// exports it. It returns how many there are. None, or one that can't be read,
// is an error, so that a broken file never narrows what is trusted unnoticed.
func LoadRoots(pemFile []byte) (*x509.CertPool, int, error) {
	if len(pemFile) > maxRootsFile {
		return nil, 0, fmt.Errorf("reading roots: longer than %d octets", maxRootsFile)
	}
	pool, count := x509.NewCertPool(), 0
	if cert, err := x509.ParseCertificate(pemFile); err == nil {
		pool.AddCert(cert)
		return pool, 1, nil
	}
	for rest := pemFile; ; count++ {
		block, next := nextCertificate(rest)
		if block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, 0, fmt.Errorf("reading roots: certificate %d: %w", count+1, err)
		}
		pool.AddCert(cert)
		rest = next
	}
	if count < bytes.Count(pemFile, []byte("-----BEGIN CERTIFICATE-----")) {
		return nil, 0, fmt.Errorf("reading roots: certificate %d is not proper PEM", count+1)
	}
	if count == 0 {
		return nil, 0, errors.New("reading roots: no certificate in PEM or DER")
	}
	return pool, count, nil
}

// nextCertificate finds the next certificate of a PEM file; nil: none.
func nextCertificate(rest []byte) (*pem.Block, []byte) {
	for {
		var block *pem.Block
		block, rest = pem.Decode(rest)
		if block == nil || block.Type == "CERTIFICATE" {
			return block, rest
		}
	}
}
