package wsman

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// soapFault is a fault message in Windows' shape around the parts given.
func soapFault(code, detail string) []byte {
	return []byte(`<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">` +
		`<s:Header><a:Action>act</a:Action><a:MessageID>uuid:1</a:MessageID><a:RelatesTo>uuid:2</a:RelatesTo></s:Header>` +
		`<s:Body><s:Fault><s:Code>` + code + `</s:Code><s:Reason><s:Text xml:lang="en-US">It is
		 the   reason. </s:Text><s:Text xml:lang="de">Grund</s:Text></s:Reason>` + detail + `</s:Fault></s:Body></s:Envelope>`)
}

const (
	denied  = `<s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:AccessDenied</s:Value></s:Subcode>`
	openTag = `<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" `
)

// base is what every message of soapFault(denied, ...) says.
func base(change func(*Fault)) Fault {
	f := Fault{Code: "Sender", Subcode: "AccessDenied", Reason: "It is the reason.", Action: "act", MessageID: "uuid:1", RelatesTo: "uuid:2"}
	change(&f)
	return f
}

func TestParseFault(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		want Fault
		code uint32
		text string
	}{
		"no detail": {soapFault(denied, ""), base(func(*Fault) {}), 0, "It is the reason."},
		"plain": {
			soapFault(denied, `<s:Detail><w:FaultDetail>uri</w:FaultDetail>`+openTag+`Code="5" Machine="HOST"><f:Message>Access is denied. </f:Message></f:WSManFault></s:Detail>`),
			base(func(f *Fault) {
				f.FaultDetail, f.WSManCode, f.Machine, f.Message = "uri", 5, "HOST", "Access is denied."
			}), 5, "Access is denied.",
		},
		"provider with a fault inside": {
			soapFault(denied, `<s:Detail>`+openTag+`Code='2150858778' Machine=''><f:Message><f:ProviderFault provider='WMI Provider ' path='a.dll'>`+
				openTag+`Code='87' Machine='inner'><f:Message>inner text</f:Message></f:WSManFault><f:ExtendedError><p:S xmlns:p="x"><p:Operation>Get</p:Operation></p:S></f:ExtendedError>`+
				`</f:ProviderFault></f:Message></f:WSManFault></s:Detail>`),
			base(func(f *Fault) {
				f.WSManCode, f.Message, f.Provider, f.ProviderPath, f.ProviderCode = 2150858778, "inner text", "WMI Provider", "a.dll", 87
			}), 2150858778, "inner text",
		},
		"provider with plain text": {
			soapFault(denied, `<s:Detail>`+openTag+`Code="2150858811" Machine="m"><f:Message><f:ProviderFault provider="microsoft.powershell" path="p.dll" providerId="B1">It <b>can't</b> run.</f:ProviderFault></f:Message></f:WSManFault></s:Detail>`),
			base(func(f *Fault) {
				f.WSManCode, f.Machine, f.Message, f.Provider = 2150858811, "m", "It  run.", "microsoft.powershell"
				f.Message, f.ProviderPath, f.ProviderID = "It run.", "p.dll", "B1"
			}), 2150858811, "It run.",
		},
		"signed code": {
			soapFault(denied, `<s:Detail>`+openTag+`Code="-2144108123" Machine=""/></s:Detail>`),
			base(func(f *Fault) { f.WSManCode = 2150859173 }), 2150859173, "It is the reason.",
		},
		"CIM error": {
			soapFault(denied, `<s:Detail><p:MSFT_WmiError b:IsCIM_Error='true' xmlns:b='b' xmlns:p='p'><p:CIMStatusCode>27</p:CIMStatusCode><p:ErrorSource xsi:nil='true' xmlns:xsi='x'/>`+
				`<p:Message>too many shells </p:Message><p:MessageID>HRESULT 0x803381a5</p:MessageID><p:error_Code>2150859173</p:error_Code></p:MSFT_WmiError></s:Detail>`),
			base(func(f *Fault) {
				f.WMIClass, f.WMIStatus, f.WMICode, f.WMIMessageID, f.WMIMessage = "MSFT_WmiError", 27, 2150859173, "HRESULT 0x803381a5", "too many shells"
			}), 2150859173, "too many shells",
		},
		"CIM error, code in its id only": {
			soapFault(denied, `<s:Detail><p:MSFT_WmiError xmlns:p='p'><p:CIM_StatusCode>1</p:CIM_StatusCode><p:MessageID>HRESULT 0x80070005</p:MessageID></p:MSFT_WmiError></s:Detail>`),
			base(func(f *Fault) {
				f.WMIClass, f.WMIStatus, f.WMICode, f.WMIMessageID = "MSFT_WmiError", 1, 2147942405, "HRESULT 0x80070005"
			}), 2147942405, "It is the reason.",
		},
		"OMI": {
			soapFault("\n <s:Value>\n SOAP-ENV:Receiver\n </s:Value><s:Subcode>\n<s:Value>\n\twsman:InternalError\n</s:Value></s:Subcode>", ""),
			base(func(f *Fault) { f.Code, f.Subcode = "Receiver", "InternalError" }), 0, "It is the reason.",
		},
		"SOAP 1.1": {
			[]byte(`<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault><faultcode>S:Server</faultcode><faultstring>down</faultstring>` +
				`<detail>` + openTag + `Code="5"/></detail></S:Fault></S:Body></S:Envelope>`),
			Fault{Code: "Server", Reason: "down", WSManCode: 5}, 5, "down",
		},
	} {
		got, ok, err := ParseFault(c.body)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", name, ok, err)
		} else if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		} else if got.Number() != c.code || got.Text() != c.text {
			t.Errorf("%s: number %d, text %q; want %d, %q", name, got.Number(), got.Text(), c.code, c.text)
		}
	}
}

func TestParseFaultOfNoFault(t *testing.T) {
	for name, body := range map[string][]byte{
		"identify":          identify(windows),
		"fault in a header": []byte(`<Envelope><Header><Fault><Code><Value>x</Value></Code></Fault></Header><Body/></Envelope>`),
		"fault further in":  []byte(`<Envelope><Body><Result><Fault><Code/></Fault></Result></Body></Envelope>`),
		"an empty envelope": []byte(`<Envelope/>`),
	} {
		if got, ok, err := ParseFault(body); ok || err != nil || got != (Fault{}) {
			t.Errorf("%s: %+v, %v, %v", name, got, ok, err)
		}
	}
	if _, ok, err := ParseFault([]byte("<html/>")); ok || !errors.Is(err, ErrOther) {
		t.Errorf("html: %v, %v", ok, err)
	}
}

func TestParseFaultKeepsTheReadablePart(t *testing.T) {
	whole := soapFault(denied, `<s:Detail>`+openTag+`Code="many" Machine="m"/></s:Detail>`)
	got, ok, err := ParseFault(whole)
	if !ok || !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), `"many"`) {
		t.Errorf("%v, %v", ok, err)
	}
	if d := cmp.Diff(base(func(f *Fault) { f.Machine = "m" }), got); d != "" {
		t.Error(d)
	}
	cut := whole[:strings.Index(string(whole), "<s:Detail>")]
	got, ok, err = ParseFault(cut)
	if !ok || !errors.Is(err, ErrMalformed) || got.Subcode != "AccessDenied" {
		t.Errorf("cut off: %+v, %v, %v", got, ok, err)
	}
}

func TestFaultRoundTrip(t *testing.T) {
	for name, f := range map[string]Fault{
		"plain": base(func(f *Fault) { f.WSManCode, f.Machine, f.Message = 5, "HOST", `a "b" <c> & d` }),
		"provider": base(func(f *Fault) {
			f.WSManCode, f.Message, f.Provider, f.ProviderPath, f.ProviderCode = 2, "m", "p", "q", 3
		}),
		"text of a provider": base(func(f *Fault) {
			f.WSManCode, f.Machine, f.Message, f.Provider, f.ProviderPath, f.ProviderID = 2, "x", "m", "p", "q", "i"
		}),
		"CIM": base(func(f *Fault) {
			f.WMIClass, f.WMICode, f.WMIStatus, f.WMIMessageID, f.WMIMessage = "MSFT_WmiError", 2150859173, 27, "HRESULT 0x803381a5", "m"
		}),
		"none":   base(func(f *Fault) { f.FaultDetail = "uri" }),
		"a:":     base(func(f *Fault) { f.Subcode = "ActionNotSupported" }),
		"n:":     base(func(f *Fault) { f.Subcode = "CannotProcessFilter" }),
		"nobody": base(func(f *Fault) { f.Subcode, f.RelatesTo, f.MessageID = "", "", "" }),
	} {
		got, ok, err := ParseFault(FaultResponse(f))
		if !ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		} else if d := cmp.Diff(f, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestFaultResponseFillsIn(t *testing.T) {
	f, _, err := ParseFault(FaultResponse(Fault{Subcode: "TimedOut", WSManCode: 2150858793, Reason: "late"}))
	want := Fault{Code: "Receiver", Subcode: "TimedOut", Reason: "late", WSManCode: 2150858793, Message: "late", Action: ActionFault}
	if d := cmp.Diff(want, f); d != "" || err != nil {
		t.Error(d, err)
	}
	if f, _, _ := ParseFault(FaultResponse(Fault{Subcode: "AccessDenied"})); f.Code != "Sender" {
		t.Errorf("code %q, want Sender", f.Code)
	}
}
