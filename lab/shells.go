package lab

import (
	"fmt"
	"strings"

	"pstest/wsman"
)

// maxCommands is how many commands one shell keeps.
const maxCommands = 64

// shell is one open WinRS shell.
type shell struct {
	id, owner string
	commands  map[string]*command
}

// command is a command that ran: it is over before it is asked for.
type command struct {
	out, err string
	exit     int
}

// count is the number of open shells.
func (v *service) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.shells)
}

func (v *service) create(r wsman.Request, head wsman.Header, user string) ([]byte, error) {
	if r.ResourceURI != wsman.ResourceCmd {
		return nil, refuse(wsman.Fault{Subcode: "DestinationUnreachable", WSManCode: codeResourceURI,
			Reason: "The resource URI " + r.ResourceURI + " was not found in the WS-Management catalog."})
	}
	if v.host.config.MaxShells <= v.owned(user) {
		return nil, refuse(wsman.Fault{Subcode: "QuotaLimit", WSManCode: codeMaxShells,
			Reason: fmt.Sprintf("The maximum number of concurrent shells for this user is %d, and it is reached.", v.host.config.MaxShells)})
	}
	id, err := v.newID()
	if err != nil {
		return nil, err
	}
	if v.shells == nil {
		v.shells = map[string]*shell{}
	}
	v.shells[id] = &shell{id: id, owner: user, commands: map[string]*command{}}
	return wsman.CreateResponse(head, wsman.Shell{ID: id, ResourceURI: r.ResourceURI, Owner: user,
		InputStreams: []string{"stdin"}, OutputStreams: []string{"stdout", "stderr"}}), nil
}

func (v *service) owned(user string) int {
	n := 0
	for _, s := range v.shells {
		if s.owner == user {
			n++
		}
	}
	return n
}

// shell finds the shell of a request. Ids compare in any case, and nobody reaches the shell of another.
func (v *service) shell(r wsman.Request, user string) (*shell, error) {
	s := v.shells[strings.ToUpper(r.ShellID)]
	if s == nil || s.owner != user {
		return nil, refuse(wsman.Fault{Subcode: "InvalidSelectors", WSManCode: codeSelectors,
			Reason: "The shell was not found on the server. It may have been closed."})
	}
	return s, nil
}

func (v *service) running(r wsman.Request, user string) (*shell, *command, error) {
	s, err := v.shell(r, user)
	if err != nil {
		return nil, nil, err
	}
	c := s.commands[strings.ToUpper(r.CommandID)]
	if c == nil {
		return nil, nil, refuse(wsman.Fault{Subcode: "InvalidParameter", WSManCode: codeSelectors,
			Reason: "The command was not found in the shell."})
	}
	return s, c, nil
}

func (v *service) command(r wsman.Request, head wsman.Header, user string) ([]byte, error) {
	s, err := v.shell(r, user)
	if err != nil {
		return nil, err
	}
	if len(s.commands) >= maxCommands {
		return nil, refuse(wsman.Fault{Subcode: "QuotaLimit", WSManCode: codeMaxShells,
			Reason: fmt.Sprintf("The shell keeps at most %d commands.", maxCommands)})
	}
	id := r.CommandID
	if id == "" {
		if id, err = v.newID(); err != nil {
			return nil, err
		}
	}
	c := v.host.config.script(r.Line(), user)
	s.commands[strings.ToUpper(id)] = &c
	return wsman.CommandResponse(head, id), nil
}

func (v *service) receive(r wsman.Request, head wsman.Header, user string) ([]byte, error) {
	_, c, err := v.running(r, user)
	if err != nil {
		return nil, err
	}
	o := wsman.Output{CommandID: r.CommandID, Done: true, ExitCode: c.exit}
	for _, stream := range []struct{ name, text string }{{"stdout", c.out}, {"stderr", c.err}} {
		if stream.text != "" {
			o.Chunks = append(o.Chunks, wsman.Chunk{Stream: stream.name, Data: []byte(stream.text)})
		}
		o.Chunks = append(o.Chunks, wsman.Chunk{Stream: stream.name, End: true})
	}
	c.out, c.err = "", "" // said once
	return wsman.ReceiveResponse(head, o), nil
}

// send takes input for a command that is over already.
func (v *service) send(r wsman.Request, head wsman.Header, user string) ([]byte, error) {
	if _, _, err := v.running(r, user); err != nil {
		return nil, err
	}
	return wsman.SendResponse(head), nil
}

func (v *service) signal(r wsman.Request, head wsman.Header, user string) ([]byte, error) {
	s, _, err := v.running(r, user)
	if err != nil {
		return nil, err
	}
	delete(s.commands, strings.ToUpper(r.CommandID))
	return wsman.SignalResponse(head), nil
}

func (v *service) delete(r wsman.Request, head wsman.Header, user string) ([]byte, error) {
	s, err := v.shell(r, user)
	if err != nil {
		return nil, err
	}
	delete(v.shells, s.id)
	return wsman.DeleteResponse(head), nil
}
