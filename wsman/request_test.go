package wsman

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ask is a client's request.
func ask(action, headers, body string) []byte {
	return []byte(`<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"` +
		` xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><env:Header>` +
		`<a:To>http://h:5985/wsman</a:To><a:MessageID>uuid:7</a:MessageID><a:Action env:mustUnderstand="true">` + action + `</a:Action>` +
		`<w:ResourceURI>` + ResourceCmd + `</w:ResourceURI><w:OperationTimeout>PT20S</w:OperationTimeout>` + headers +
		`</env:Header><env:Body>` + body + `</env:Body></env:Envelope>`)
}

const inShell = `<w:SelectorSet><w:Selector Name="ShellId">S1</w:Selector></w:SelectorSet>`

func TestParseRequest(t *testing.T) {
	for _, c := range []struct {
		body []byte
		want Request
	}{
		{ask(ActionCreate, `<w:OptionSet><w:Option Name="WINRS_CODEPAGE">65001</w:Option></w:OptionSet>`,
			`<rsp:Shell ShellId="S0"><rsp:Environment><rsp:Variable Name="A">1</rsp:Variable></rsp:Environment><rsp:WorkingDirectory>C:\</rsp:WorkingDirectory>`+
				`<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`),
			Request{Operation: OpCreate, ShellID: "S0", Options: map[string]string{"WINRS_CODEPAGE": "65001"},
				InputStreams: []string{"stdin"}, OutputStreams: []string{"stdout", "stderr"}, Environment: map[string]string{"A": "1"}, Directory: `C:\`}},
		{ask(ActionCommand, inShell, `<rsp:CommandLine CommandId="C1"><rsp:Command>"dir"</rsp:Command><rsp:Arguments>/b</rsp:Arguments><rsp:Arguments>c:\a&amp;b</rsp:Arguments></rsp:CommandLine>`),
			Request{Operation: OpCommand, ShellID: "S1", CommandID: "C1", Command: `"dir"`, Arguments: []string{"/b", `c:\a&b`}}},
		{ask(ActionReceive, inShell, `<rsp:Receive><rsp:DesiredStream CommandId="C1">stdout stderr</rsp:DesiredStream></rsp:Receive>`),
			Request{Operation: OpReceive, ShellID: "S1", CommandID: "C1", OutputStreams: []string{"stdout", "stderr"}}},
		{ask(ActionSend, inShell, `<rsp:Send><rsp:Stream Name="stdin" CommandId="C1" End="TRUE">aGk=</rsp:Stream></rsp:Send>`),
			Request{Operation: OpSend, ShellID: "S1", CommandID: "C1", Input: []Chunk{{Stream: "stdin", Data: []byte("hi"), End: true}}}},
		{ask(ActionSignal, strings.Replace(inShell, "ShellId", "ShellID", 1), `<rsp:Signal CommandId="C1"><rsp:Code>`+SignalTerminate+`</rsp:Code></rsp:Signal>`),
			Request{Operation: OpSignal, ShellID: "S1", CommandID: "C1", Signal: SignalTerminate}},
		{ask(ActionDelete, inShell, ""), Request{Operation: OpDelete, ShellID: "S1"}},
		{ask(ActionGet, "", ""), Request{Operation: OpGet}},
		{ask("urn:other", "", ""), Request{}},
	} {
		got, err := ParseRequest(c.body)
		if err != nil {
			t.Errorf("%s: %v", c.want.Operation, err)
			continue
		}
		if got.Selectors == nil || got.Options == nil || got.ResourceURI != ResourceCmd || got.MessageID != "uuid:7" ||
			got.To != "http://h:5985/wsman" || got.OperationTimeout != "PT20S" {
			t.Errorf("%s: header %+v", c.want.Operation, got)
		}
		if c.want.Options == nil {
			c.want.Options = map[string]string{}
		}
		got.Action, got.ResourceURI, got.MessageID, got.To, got.OperationTimeout, got.Selectors = "", "", "", "", "", nil
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.want.Operation, d)
		}
	}
}

func TestParseRequestIdentify(t *testing.T) {
	got, err := ParseRequest(IdentifyRequest())
	if err != nil || got.Operation != OpIdentify {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestIdentifyRequestNamespaces(t *testing.T) {
	s := string(IdentifyRequest())
	for _, ns := range []string{`"http://www.w3.org/2003/05/soap-envelope"`, `"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"`} {
		if !strings.Contains(s, ns) {
			t.Errorf("%s lacks %s", s, ns)
		}
	}
}

func TestParseRequestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		kind error
	}{
		"no action":     {[]byte(`<Envelope><Body/></Envelope>`), ErrOther},
		"bad base64":    {ask(ActionSend, inShell, `<rsp:Send><rsp:Stream Name="stdin">***</rsp:Stream></rsp:Send>`), ErrMalformed},
		"many words":    {ask(ActionCommand, inShell, `<rsp:CommandLine>`+strings.Repeat(`<rsp:Arguments>x</rsp:Arguments>`, maxList+1)+`</rsp:CommandLine>`), ErrTooLarge},
		"many pieces":   {ask(ActionSend, inShell, `<rsp:Send>`+strings.Repeat(`<rsp:Stream Name="stdin"/>`, maxList+1)+`</rsp:Send>`), ErrTooLarge},
		"a body of ten": {[]byte("0123456789"), ErrMalformed},
	} {
		if got, err := ParseRequest(c.body); !errors.Is(err, c.kind) || got.Action != "" {
			t.Errorf("%s: %+v, %v; want %v", name, got, err, c.kind)
		}
	}
}

func TestLineAndHeader(t *testing.T) {
	r := Request{Command: "dir", Arguments: []string{"/b", "x"}, MessageID: "uuid:1"}
	if r.Line() != "dir /b x" || (Request{Command: "ver"}).Line() != "ver" {
		t.Errorf("%q", r.Line())
	}
	if h := r.Header("uuid:2"); h != (Header{MessageID: "uuid:2", RelatesTo: "uuid:1"}) {
		t.Errorf("%+v", h)
	}
}
