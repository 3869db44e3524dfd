package negotiate

import (
	"crypto/fips140"
	"errors"
)

// ErrFIPS says that this process may use approved cryptography alone, which NTLM (MD4, MD5, RC4) is not.
var ErrFIPS = errors.New("NTLM needs MD4, MD5 and RC4, which GODEBUG=fips140=only forbids in this process")

// Available returns nil, or ErrFIPS where NTLM is impossible in this process. With fips140=on NTLM works.
func Available() error {
	if fips140.Enforced() {
		return ErrFIPS
	}
	return nil
}
