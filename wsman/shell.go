package wsman

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Shell is what a host tells of a shell that it created (MS-WSMV 2.2.4.37). Empty parts are left out, but
// for ID and ResourceURI, which the caller must give.
type Shell struct {
	ID, ResourceURI string
	Address         string // where the shell is reached; the anonymous role when empty
	Owner, ClientIP string
	InputStreams    []string
	OutputStreams   []string
}

// CreateResponse tells the client the id of its shell (MS-WSMV 3.1.4.5).
func CreateResponse(h Header, s Shell) []byte {
	if s.Address == "" {
		s.Address = anonymousRole
	}
	body := `<x:ResourceCreated>` + tag("a:Address", s.Address) +
		`<a:ReferenceParameters>` + tag("w:ResourceURI", s.ResourceURI) +
		`<w:SelectorSet><w:Selector Name="ShellId">` + escape(s.ID) + `</w:Selector></w:SelectorSet>` +
		`</a:ReferenceParameters></x:ResourceCreated>` +
		`<rsp:Shell>` + tag("rsp:ShellId", s.ID) + tag("rsp:ResourceUri", s.ResourceURI) +
		optional("rsp:Owner", s.Owner) + optional("rsp:ClientIP", s.ClientIP) +
		tag("rsp:IdleTimeOut", "PT7200.000S") +
		optional("rsp:InputStreams", strings.Join(s.InputStreams, " ")) +
		optional("rsp:OutputStreams", strings.Join(s.OutputStreams, " ")) +
		tag("rsp:ShellRunTime", "P0DT0H0M0S") + tag("rsp:ShellInactivity", "P0DT0H0M0S") + `</rsp:Shell>`
	return reply(ActionCreate+"Response", h, body)
}

// CommandResponse tells the client the id of the command that it started (MS-WSMV 3.1.4.11).
func CommandResponse(h Header, commandID string) []byte {
	return reply(ActionCommand+"Response", h,
		`<rsp:CommandResponse>`+tag("rsp:CommandId", commandID)+`</rsp:CommandResponse>`)
}

// Chunk is a piece of a stream: stdin, stdout or stderr. End marks the last piece of the stream, which may be
// empty.
type Chunk struct {
	Stream string
	Data   []byte
	End    bool
}

// Output is what a command has to say since it was last asked. ExitCode counts only when Done.
type Output struct {
	CommandID string
	Chunks    []Chunk
	Done      bool
	ExitCode  int
}

// ReceiveResponse hands over output (MS-WSMV 3.1.4.14), with the command's state.
func ReceiveResponse(h Header, o Output) []byte {
	var b strings.Builder
	id := ` CommandId="` + escape(o.CommandID) + `"`
	b.WriteString(`<rsp:ReceiveResponse>`)
	for _, c := range o.Chunks {
		b.WriteString(`<rsp:Stream Name="` + escape(c.Stream) + `"` + id)
		if c.End {
			b.WriteString(` End="true"`)
		}
		b.WriteString(`>` + base64.StdEncoding.EncodeToString(c.Data) + `</rsp:Stream>`)
	}
	state, exit := "Running", ""
	if o.Done {
		state, exit = "Done", tag("rsp:ExitCode", strconv.Itoa(o.ExitCode))
	}
	b.WriteString(`<rsp:CommandState` + id + ` State="` + nsShell + `/CommandState/` + state + `">` + exit +
		`</rsp:CommandState></rsp:ReceiveResponse>`)
	return reply(ActionReceive+"Response", h, b.String())
}

// SendResponse acknowledges input (MS-WSMV 3.1.4.13).
func SendResponse(h Header) []byte {
	return reply(ActionSend+"Response", h, `<rsp:SendResponse/>`)
}

// SignalResponse acknowledges a signal (MS-WSMV 3.1.4.12).
func SignalResponse(h Header) []byte {
	return reply(ActionSignal+"Response", h, `<rsp:SignalResponse/>`)
}

// DeleteResponse acknowledges that a shell was deleted (MS-WSMV 3.1.4.4).
func DeleteResponse(h Header) []byte {
	return reply(ActionDelete+"Response", h, "")
}
