package wsman_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"pstest/wsman"
)

// scriptedHost answers WinRS clients from the writers under test. It knows two commands: "echo TEXT", which
// writes TEXT to stdout and exits with 0, and "sort", which waits for input and writes it back. Anything else
// is told on stderr, with exit code 1.
type scriptedHost struct {
	mu     sync.Mutex
	serial int
	asked  []wsman.Operation
	line   string
	input  string
	fault  *wsman.Fault // given in answer to Create
	polls  int
}

func (h *scriptedHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	body, _ := io.ReadAll(io.LimitReader(r.Body, wsman.MaxBody))
	req, err := wsman.ParseRequest(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", wsman.ContentType)
	h.asked = append(h.asked, req.Operation)
	h.serial++
	answer, status := h.answer(req)
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

const (
	shellID   = "6D6B8C6C-0D5E-4B0E-8B51-2B9C7C5B7A01"
	commandID = "6D6B8C6C-0D5E-4B0E-8B51-2B9C7C5B7A02"
)

func (h *scriptedHost) answer(req wsman.Request) ([]byte, int) {
	head := req.Header(fmt.Sprintf("uuid:6D6B8C6C-0D5E-4B0E-8B51-%012d", h.serial))
	switch req.Operation {
	case wsman.OpIdentify:
		return wsman.IdentityResponse(wsman.Identity{Vendor: "Microsoft Corporation", OS: "10.0.20348", SP: "0.0", Stack: "3.0"}), 200
	case wsman.OpCreate:
		if h.fault != nil {
			h.fault.RelatesTo = req.MessageID
			return wsman.FaultResponse(*h.fault), 500
		}
		return wsman.CreateResponse(head, wsman.Shell{ID: shellID, ResourceURI: req.ResourceURI, Owner: "bob",
			ClientIP: "127.0.0.1", InputStreams: req.InputStreams, OutputStreams: req.OutputStreams}), 200
	case wsman.OpCommand:
		h.line, h.input, h.polls = req.Line(), "", 0
		return wsman.CommandResponse(head, commandID), 200
	case wsman.OpSend:
		for _, c := range req.Input {
			h.input += string(c.Data)
		}
		return wsman.SendResponse(head), 200
	case wsman.OpReceive:
		return h.receive(head, req)
	case wsman.OpSignal:
		return wsman.SignalResponse(head), 200
	case wsman.OpDelete:
		return wsman.DeleteResponse(head), 200
	}
	return wsman.FaultResponse(wsman.Fault{Subcode: "ActionNotSupported", WSManCode: 2150858753,
		Reason: "no such action", RelatesTo: req.MessageID}), 500
}

// receive first times out, then gives a piece of output, then the rest with the exit code.
func (h *scriptedHost) receive(head wsman.Header, req wsman.Request) ([]byte, int) {
	h.polls++
	verb, rest, _ := strings.Cut(strings.Trim(h.line, `"`), " ")
	out := wsman.Output{CommandID: req.CommandID}
	switch {
	case h.polls == 1 || verb == "sort" && h.input == "":
		return wsman.FaultResponse(wsman.Fault{Subcode: "TimedOut", WSManCode: 2150858793, Machine: "lab",
			Reason: "no output within OperationTimeout", RelatesTo: req.MessageID}), 500
	case verb == "sort":
		rest = h.input
	case verb != "echo":
		out.Chunks = []wsman.Chunk{{Stream: "stderr", Data: []byte("not known: " + h.line), End: true}}
		out.Done, out.ExitCode = true, 1
		return wsman.ReceiveResponse(head, out), 200
	}
	half := len(rest) / 2
	if h.polls == 2 {
		out.Chunks = []wsman.Chunk{{Stream: "stdout", Data: []byte(rest[:half])}}
	} else {
		out.Chunks = []wsman.Chunk{{Stream: "stdout", Data: []byte(rest[half:])}, {Stream: "stdout", End: true},
			{Stream: "stderr", End: true}}
		out.Done = true
	}
	return wsman.ReceiveResponse(head, out), 200
}
