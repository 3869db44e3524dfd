package wsman

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Operation is what a client asks for.
type Operation string

// The operations that ParseRequest knows; "" is any other.
const (
	OpIdentify Operation = "identify"
	OpCreate   Operation = "create"
	OpCommand  Operation = "command"
	OpSend     Operation = "send"
	OpReceive  Operation = "receive"
	OpSignal   Operation = "signal"
	OpDelete   Operation = "delete"
	OpGet      Operation = "get"
)

// Signals that end a command (MS-WSMV 3.1.4.12).
const (
	SignalTerminate = nsShell + "/signal/terminate"
	SignalCtrlC     = nsShell + "/signal/ctrl_c"
)

// Request is what a client sent. Absent parts are "" or nil; of a part that is repeated the first counts.
type Request struct {
	Operation        Operation
	Action           string
	ResourceURI      string
	MessageID        string
	To               string
	OperationTimeout string            // an XML duration as written, such as "PT60S"
	Selectors        map[string]string // by name; never nil
	Options          map[string]string // by name; never nil

	// ShellID is the selector of that name; of a Create the id that the client asks for, if it does.
	ShellID   string
	CommandID string // of Command, Send, Receive and Signal, if given

	Command   string // of Command: the command line as the client wrote it, quotes included
	Arguments []string
	Input     []Chunk // of Send

	InputStreams  []string // of Create
	OutputStreams []string // of Create, and of Receive the streams that are wanted
	Environment   map[string]string
	Directory     string
	Signal        string // the URI
}

// Header addresses the answer to r under the given message id.
func (r Request) Header(messageID string) Header {
	return Header{MessageID: messageID, RelatesTo: r.MessageID}
}

// Line is the whole command line, the arguments separated by single blanks.
func (r Request) Line() string {
	return strings.Join(append([]string{r.Command}, r.Arguments...), " ")
}

// maxList bounds how many arguments, chunks, options or selectors a request may have.
const maxList = 4096

// ParseRequest reads a client's request. An action that is not known is no error; an envelope that has neither
// an action nor an Identify is ErrOther.
func ParseRequest(body []byte) (Request, error) {
	r := Request{Selectors: map[string]string{}, Options: map[string]string{}}
	if err := scan(body, requestBounds, r.take); err != nil {
		return Request{}, fmt.Errorf("request: %w", err)
	}
	if r.Action == "" && r.Operation != OpIdentify {
		return Request{}, fmt.Errorf("request: %w: it has no action", ErrOther)
	}
	if r.Operation == "" {
		r.Operation = operation(r.Action)
	}
	for name, value := range r.Selectors {
		if strings.EqualFold(name, "ShellId") { // MS-WSMV writes ShellID, clients ShellId
			first(&r.ShellID, value)
		}
	}
	return r, nil
}

// operation is what an action asks for, "" when it is not known.
func operation(action string) Operation {
	switch action {
	case ActionCreate:
		return OpCreate
	case ActionCommand:
		return OpCommand
	case ActionSend:
		return OpSend
	case ActionReceive:
		return OpReceive
	case ActionSignal:
		return OpSignal
	case ActionDelete:
		return OpDelete
	case ActionGet:
		return OpGet
	}
	return ""
}

func (r *Request) take(e element) error {
	if rest, ok := strings.CutPrefix(e.path, "Envelope/Header/"); ok {
		return r.header(rest, e)
	}
	if rest, ok := strings.CutPrefix(e.path, "Envelope/Body/"); ok {
		return r.body(rest, e)
	}
	return nil
}

func (r *Request) header(rest string, e element) error {
	switch rest {
	case "Action":
		first(&r.Action, e.text)
	case "ResourceURI":
		first(&r.ResourceURI, e.text)
	case "MessageID":
		first(&r.MessageID, e.text)
	case "To":
		first(&r.To, e.text)
	case "OperationTimeout":
		first(&r.OperationTimeout, e.text)
	case "SelectorSet/Selector":
		return put(r.Selectors, e)
	case "OptionSet/Option":
		return put(r.Options, e)
	}
	return nil
}

// put keeps the text of e under its Name, unless there is one already.
func put(m map[string]string, e element) error {
	if len(m) >= maxList {
		return fmt.Errorf("%w: more than %d times %s", ErrTooLarge, maxList, clip(e.name))
	}
	name := e.attr("Name")
	if _, ok := m[name]; !ok {
		m[name] = e.text
	}
	return nil
}

func (r *Request) body(rest string, e element) error {
	switch rest {
	case "Identify":
		r.Operation = OpIdentify
	case "Shell":
		first(&r.ShellID, e.attr("ShellId"))
	case "Shell/InputStreams":
		r.InputStreams = strings.Fields(e.text)
	case "Shell/OutputStreams":
		r.OutputStreams = strings.Fields(e.text)
	case "Shell/WorkingDirectory":
		first(&r.Directory, e.text)
	case "Shell/Environment/Variable":
		if r.Environment == nil {
			r.Environment = map[string]string{}
		}
		return put(r.Environment, e)
	default:
		return r.command(rest, e)
	}
	return nil
}

// command takes the bodies of requests to a shell that is there.
func (r *Request) command(rest string, e element) error {
	switch rest {
	case "CommandLine":
		first(&r.CommandID, e.attr("CommandId"))
	case "CommandLine/Command":
		first(&r.Command, e.text)
	case "CommandLine/Arguments":
		if len(r.Arguments) >= maxList {
			return fmt.Errorf("%w: more than %d arguments", ErrTooLarge, maxList)
		}
		r.Arguments = append(r.Arguments, e.text)
	case "Receive/DesiredStream":
		first(&r.CommandID, e.attr("CommandId"))
		r.OutputStreams = strings.Fields(e.text)
	case "Signal":
		first(&r.CommandID, e.attr("CommandId"))
	case "Signal/Code":
		first(&r.Signal, e.text)
	case "Send/Stream":
		return r.input(e)
	}
	return nil
}

// input takes a piece of a stream that the client sends.
func (r *Request) input(e element) error {
	first(&r.CommandID, e.attr("CommandId"))
	if len(r.Input) >= maxList {
		return fmt.Errorf("%w: more than %d pieces of input", ErrTooLarge, maxList)
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(e.text), ""))
	if err != nil {
		return fmt.Errorf("%w: a piece of input is no base64", ErrMalformed)
	}
	r.Input = append(r.Input, Chunk{Stream: e.attr("Name"), Data: data, End: strings.EqualFold(e.attr("End"), "true")})
	return nil
}
