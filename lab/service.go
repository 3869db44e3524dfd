package lab

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	"pstest/wsman"
)

// WS-Management fault codes of Windows that the service answers with (wsmerror.h).
const (
	codeResourceURI = 2150858811 // the resource is not in the catalogue
	codeSchema      = 2150858817 // the message is not understood
	codeSelectors   = 2150858843 // there is no such shell or command
	codeMaxShells   = 2150859173 // the user's quota of shells
)

// service is what WinRM does behind the authentication: Identify and the command shell.
type service struct {
	host   *Host
	mu     sync.Mutex
	shells map[string]*shell
}

// identity is the answer to Identify: without authentication the system's version is zeros (recorded).
func (v *service) identity(authenticated bool) []byte {
	c := v.host.config
	i := wsman.Identity{Vendor: "Microsoft Corporation", OS: "0.0.0", SP: "0.0", Stack: c.Stack}
	if authenticated {
		i.OS = fmt.Sprintf("%d.%d.%d", c.Machine.Major, c.Machine.Minor, c.Machine.Build)
		i.SP = c.ServicePack
	}
	return wsman.IdentityResponse(i)
}

// handle runs one authenticated message and returns the HTTP status and the answer.
func (v *service) handle(message []byte, user string) (int, []byte) {
	r, err := wsman.ParseRequest(message)
	if err != nil {
		return v.fault(r, wsman.Fault{Code: "Sender", Subcode: "SchemaValidationError", WSManCode: codeSchema,
			Reason: "The SOAP XML in the message does not match the corresponding XML schema definition."})
	}
	answer, err := v.run(r, user)
	var f *refusal
	switch {
	case errors.As(err, &f):
		return v.fault(r, f.fault)
	case err != nil:
		return v.fault(r, wsman.Fault{Code: "Receiver", Subcode: "InternalError", Reason: err.Error()})
	}
	return http.StatusOK, answer
}

func (v *service) run(r wsman.Request, user string) ([]byte, error) {
	if r.Operation == wsman.OpIdentify {
		return v.identity(true), nil
	}
	id, err := v.newID()
	if err != nil {
		return nil, err
	}
	head := r.Header("uuid:" + id)
	v.mu.Lock()
	defer v.mu.Unlock()
	switch r.Operation {
	case wsman.OpCreate:
		return v.create(r, head, user)
	case wsman.OpCommand:
		return v.command(r, head, user)
	case wsman.OpReceive:
		return v.receive(r, head, user)
	case wsman.OpSend:
		return v.send(r, head, user)
	case wsman.OpSignal:
		return v.signal(r, head, user)
	case wsman.OpDelete:
		return v.delete(r, head, user)
	}
	return nil, refuse(wsman.Fault{Subcode: "ActionNotSupported",
		Reason: "The WS-Management service does not support the action."})
}

// refusal is a fault as an error.
type refusal struct{ fault wsman.Fault }

func (r *refusal) Error() string { return r.fault.Reason }

func refuse(f wsman.Fault) error { return &refusal{fault: f} }

// fault answers with 500, as SOAP has it (SOAP 1.2 part 2, table 16).
func (v *service) fault(r wsman.Request, f wsman.Fault) (int, []byte) {
	f.Machine = v.host.config.Machine.DNSComputer
	f.RelatesTo = r.MessageID
	if id, err := v.newID(); err == nil {
		f.MessageID = "uuid:" + id
	}
	return http.StatusInternalServerError, wsman.FaultResponse(f)
}

// newID makes an id as Windows spells GUIDs.
func (v *service) newID() (string, error) {
	var b [16]byte
	if _, err := v.host.options.Rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
