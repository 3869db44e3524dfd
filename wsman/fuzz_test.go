package wsman

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// seeds are messages of every kind, whole, cut and re-encoded.
func seeds(f *testing.F) {
	for _, b := range [][]byte{
		IdentifyRequest(), identify(windows), soapFault(denied, ""), encode16(string(identify(windows)), true),
		FaultResponse(Fault{Subcode: "QuotaLimit", WMICode: 2150859173, WMIMessage: "m"}),
		FaultResponse(Fault{Code: "Sender", WSManCode: 5, Provider: "p", ProviderCode: 5, Message: "m"}),
		ask(ActionCommand, inShell, `<rsp:CommandLine><rsp:Command>a</rsp:Command></rsp:CommandLine>`),
		ask(ActionSend, inShell, `<rsp:Send><rsp:Stream Name="stdin">aGk=</rsp:Stream></rsp:Send>`),
		ReceiveResponse(Header{}, Output{CommandID: "C", Chunks: []Chunk{{Stream: "stdout", Data: []byte("x")}}}),
		[]byte(`<!DOCTYPE a><Envelope/>`), []byte(`<Envelope><Body><Fault><Detail><WSManFault Code="-1"/></Detail></Fault></Body></Envelope>`),
		[]byte("\xff\xfe<\x00"), []byte("<Envelope><![CDATA[x]]><!-- c --><?p i?></Envelope>"), nil,
	} {
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
}

func FuzzParseIdentity(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		id, err := ParseIdentity(b)
		if err != nil {
			if !cmp.Equal(id, Identity{}) {
				t.Errorf("%+v beside an error", id)
			}
			return
		}
		if len(id.Vendor) > maxIdentityText || !utf8.ValidString(id.Vendor) || len(id.SecurityProfiles) > maxProfiles {
			t.Errorf("out of bounds: %d bytes, %d profiles", len(id.Vendor), len(id.SecurityProfiles))
		}
	})
}

// FuzzParseFault also holds that what is read can be written and read again: the code survives.
func FuzzParseFault(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok, err := ParseFault(b)
		if !ok && got != (Fault{}) {
			t.Errorf("%+v of no fault", got)
		}
		if !ok || err != nil || got.WSManCode == 0 {
			return
		}
		again, ok, err := ParseFault(FaultResponse(got))
		if !ok || err != nil || again.WSManCode != got.WSManCode || again.Reason != got.Reason {
			t.Errorf("%+v came back as %+v, %v, %v", got, again, ok, err)
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRequest(b)
		if err == nil && (r.Selectors == nil || r.Options == nil || len(r.Arguments) > maxList || len(r.Input) > maxList) {
			t.Errorf("%+v", r)
		}
	})
}
