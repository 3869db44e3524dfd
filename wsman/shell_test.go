package wsman

import (
	"strings"
	"testing"
)

// texts is every element of an answer that has text, by its path, with its attributes.
func texts(t *testing.T, body []byte) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := scan(body, answerBounds, func(e element) error {
		path := strings.TrimPrefix(e.path, "Envelope/")
		for _, a := range []string{"Name", "CommandId", "State", "End"} {
			if v := e.attr(a); v != "" {
				path += " " + a + "=" + v
			}
		}
		m[path] = e.text
		return nil
	})
	if err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return m
}

func holds(t *testing.T, got map[string]string, want map[string]string) {
	t.Helper()
	for path, text := range want {
		if s, ok := got[path]; !ok || s != text {
			t.Errorf("%s is %q (there: %v), want %q", path, s, ok, text)
		}
	}
}

func TestAnswersCarryActionAndRelation(t *testing.T) {
	h := Header{MessageID: "uuid:2", RelatesTo: "uuid:1"}
	for action, body := range map[string][]byte{
		ActionCreate: CreateResponse(h, Shell{ID: "S"}), ActionCommand: CommandResponse(h, "C"), ActionReceive: ReceiveResponse(h, Output{}),
		ActionSend: SendResponse(h), ActionSignal: SignalResponse(h), ActionDelete: DeleteResponse(h),
	} {
		holds(t, texts(t, body), map[string]string{"Header/Action": action + "Response", "Header/RelatesTo": "uuid:1",
			"Header/MessageID": "uuid:2", "Header/To": anonymousRole})
	}
}

func TestCreateResponse(t *testing.T) {
	got := texts(t, CreateResponse(Header{}, Shell{ID: "S<1>", ResourceURI: ResourceCmd, Owner: `A\b`, ClientIP: "::1", OutputStreams: []string{"stdout", "stderr"}}))
	holds(t, got, map[string]string{
		"Body/ResourceCreated/ReferenceParameters/SelectorSet/Selector Name=ShellId": "S<1>",
		"Body/ResourceCreated/ReferenceParameters/ResourceURI":                       ResourceCmd,
		"Body/ResourceCreated/Address":                                               anonymousRole,
		"Body/Shell/ShellId":                                                         "S<1>",
		"Body/Shell/Owner":                                                           `A\b`,
		"Body/Shell/OutputStreams":                                                   "stdout stderr",
	})
	for _, absent := range []string{"Body/Shell/InputStreams", "Header/RelatesTo", "Header/MessageID"} {
		if _, ok := got[absent]; ok {
			t.Errorf("%s is there", absent)
		}
	}
}

func TestReceiveResponse(t *testing.T) {
	const r = "Body/ReceiveResponse/"
	got := texts(t, ReceiveResponse(Header{}, Output{CommandID: "C", Chunks: []Chunk{{Stream: "stdout", Data: []byte("hi")}, {Stream: "stderr", End: true}}}))
	holds(t, got, map[string]string{
		r + "Stream Name=stdout CommandId=C":                                      "aGk=",
		r + "Stream Name=stderr CommandId=C End=true":                             "",
		r + "CommandState CommandId=C State=" + nsShell + "/CommandState/Running": "",
	})
	if _, ok := got[r+"CommandState/ExitCode"]; ok {
		t.Error("a running command has an exit code")
	}
	got = texts(t, ReceiveResponse(Header{}, Output{CommandID: "C", Done: true, ExitCode: -1}))
	holds(t, got, map[string]string{
		r + "CommandState CommandId=C State=" + nsShell + "/CommandState/Done": "",
		r + "CommandState/ExitCode": "-1",
	})
}
