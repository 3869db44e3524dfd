package negotiate

import (
	"fmt"

	ntlmssp "github.com/Azure/go-ntlmssp"
)

// UnsealedType1 is the type 1 message that common Go tools send: raw, without sealing. It names neither user nor
// workstation. It is empty only if the library cannot make one.
func UnsealedType1() []byte {
	msg, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return nil
	}
	return msg
}

// UnsealedType3 answers a raw challenge as those tools do: NTLMv2 without key exchange, MIC, channel bindings or sealing.
// An empty Domain leaves the library to split User: at a backslash, while user@domain stays whole.
func UnsealedType3(challenge []byte, a Account) (type3 []byte, err error) {
	if err := Available(); err != nil {
		return nil, err
	}
	if _, err := ParseChallenge(challenge); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			type3, err = nil, fmt.Errorf("unsealed authenticate message: the library failed on this challenge")
		}
	}()
	user := a.User
	if a.Domain != "" {
		user = a.Domain + `\` + a.User
	}
	if a.Workstation == "" {
		a.Workstation = DefaultWorkstation
	}
	type3, err = ntlmssp.NewAuthenticateMessage(challenge, user, a.Password.Reveal(),
		&ntlmssp.AuthenticateMessageOptions{WorkstationName: a.Workstation})
	if err != nil {
		return nil, fmt.Errorf("unsealed authenticate message: %w", err)
	}
	return type3, nil
}
