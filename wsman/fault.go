package wsman

import (
	"fmt"
	"strconv"
	"strings"
)

// Fault is a SOAP fault with what Windows, OMI and other services put into it (SOAP 1.2 part 1 section 5.4,
// MS-WSMV 2.2.4.43). Absent parts are "" or 0; texts for people are single lines.
type Fault struct {
	Code        string `json:"code,omitempty"`    // local name: Sender, Receiver, ...
	Subcode     string `json:"subcode,omitempty"` // local name: AccessDenied, TimedOut, QuotaLimit, ...
	Reason      string `json:"reason,omitempty"`  // the first Reason text
	FaultDetail string `json:"faultDetail,omitempty"`

	// WSManCode, Machine: of the outer WSManFault. Message: the text of the innermost fault of a provider where
	// there is one, else that of the outer WSManFault.
	WSManCode uint32 `json:"wsmanCode,omitempty"`
	Machine   string `json:"machine,omitempty"`
	Message   string `json:"message,omitempty"`

	// Of the ProviderFault, and the WSManFault inside it.
	Provider     string `json:"provider,omitempty"`
	ProviderPath string `json:"providerPath,omitempty"`
	ProviderID   string `json:"providerId,omitempty"`
	ProviderCode uint32 `json:"providerCode,omitempty"`

	// Of an MSFT_WmiError, or another CIM error class, in place of a WSManFault.
	WMIClass     string `json:"wmiClass,omitempty"`
	WMICode      uint32 `json:"wmiCode,omitempty"` // error_Code, else what MessageID says
	WMIStatus    uint32 `json:"wmiStatus,omitempty"`
	WMIMessageID string `json:"wmiMessageId,omitempty"`
	WMIMessage   string `json:"wmiMessage,omitempty"`

	// Addressing of the fault message.
	Action    string `json:"action,omitempty"`
	MessageID string `json:"messageId,omitempty"`
	RelatesTo string `json:"relatesTo,omitempty"`
}

// Number is the Windows error code that the fault speaks of: of the WSManFault, else of the CIM error, else of
// the provider; 0 when it carries none.
func (f Fault) Number() uint32 {
	switch {
	case f.WSManCode != 0:
		return f.WSManCode
	case f.WMICode != 0:
		return f.WMICode
	}
	return f.ProviderCode
}

// Text is the most telling message of the fault: of the provider, the CIM error, or the reason; "" when there
// is none.
func (f Fault) Text() string {
	switch {
	case f.Message != "":
		return f.Message
	case f.WMIMessage != "":
		return f.WMIMessage
	}
	return f.Reason
}

// ParseFault reads a fault. Without an error, false means a well-formed envelope that is no fault. With an
// error, true means that the message is a fault of which some part can't be read; the rest is filled in.
func ParseFault(body []byte) (Fault, bool, error) {
	var p faultParser
	err := scan(body, answerBounds, p.take)
	if err == nil {
		err = p.bad
	}
	if err != nil {
		err = fmt.Errorf("fault: %w", err)
	}
	if !p.found {
		return Fault{}, false, err
	}
	return p.fault, true, err
}

// faultParser collects a fault while its elements end, the inner ones first.
type faultParser struct {
	fault Fault
	found bool
	bad   error // the first number that is none
}

func (p *faultParser) take(e element) error {
	if rest, ok := strings.CutPrefix(e.path, "Envelope/Header/"); ok {
		p.header(rest, e)
		return nil
	}
	if e.path == "Envelope/Body/Fault" {
		p.found = true
		return nil
	}
	rest, ok := strings.CutPrefix(e.path, "Envelope/Body/Fault/")
	if !ok {
		return nil
	}
	p.found = true
	if inside, ok := cutDetail(rest); ok {
		p.detail(inside, e)
		return nil
	}
	p.soap(rest, e)
	return nil
}

func (p *faultParser) header(rest string, e element) {
	switch rest {
	case "Action":
		first(&p.fault.Action, e.text)
	case "MessageID":
		first(&p.fault.MessageID, e.text)
	case "RelatesTo":
		first(&p.fault.RelatesTo, e.text)
	}
}

// cutDetail is the path below Detail, in SOAP 1.2's or 1.1's writing.
func cutDetail(rest string) (string, bool) {
	if in, ok := strings.CutPrefix(rest, "Detail/"); ok {
		return in, true
	}
	return strings.CutPrefix(rest, "detail/")
}

// soap takes the parts of SOAP 1.2, and those of 1.1 that some proxies and devices still write.
func (p *faultParser) soap(rest string, e element) {
	switch rest {
	case "Code/Value", "faultcode":
		first(&p.fault.Code, local(e.text))
	case "Code/Subcode/Value":
		first(&p.fault.Subcode, local(e.text))
	case "Reason/Text", "faultstring":
		first(&p.fault.Reason, line(e.text))
	}
}

// local is a qualified name without its prefix.
func local(qname string) string {
	return qname[strings.LastIndexByte(qname, ':')+1:]
}

// line is a text meant for people with each run of white space made one blank.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func (p *faultParser) detail(rest string, e element) {
	switch {
	case rest == "FaultDetail":
		first(&p.fault.FaultDetail, e.text)
	case rest == "WSManFault":
		p.fault.WSManCode = p.number(e, e.attr("Code"))
		p.fault.Machine = e.attr("Machine")
	case strings.HasPrefix(rest, "WSManFault/"):
		p.provider(rest, e)
	default:
		p.cim(rest, e)
	}
}

// provider takes what stands inside the outer WSManFault. Inner texts end before outer ones, so the first
// that is not empty is the innermost.
func (p *faultParser) provider(rest string, e element) {
	switch e.name {
	case "Message":
		first(&p.fault.Message, line(e.text))
	case "WSManFault":
		if n := p.number(e, e.attr("Code")); p.fault.ProviderCode == 0 {
			p.fault.ProviderCode = n
		}
		first(&p.fault.Machine, e.attr("Machine"))
	case "ProviderFault":
		first(&p.fault.Message, line(e.text))
		if strings.Count(rest, "ProviderFault") == 1 { // the outermost names the plug-in
			p.fault.Provider = e.attr("provider")
			p.fault.ProviderPath = e.attr("path")
			p.fault.ProviderID = e.attr("providerId", "pluginId")
		}
	}
}

// cim takes a CIM error instance: MSFT_WmiError of Windows, CIM_Error or OMI_Error of OMI. The properties are
// written with and without an underscore after "CIM".
func (p *faultParser) cim(rest string, e element) {
	class, property, nested := strings.Cut(rest, "/")
	if !strings.HasSuffix(class, "Error") || strings.Contains(property, "/") {
		return
	}
	f := &p.fault
	if !nested {
		first(&f.WMIClass, class)
		if f.WMICode == 0 {
			f.WMICode = codeOf(f.WMIMessageID)
		}
		return
	}
	switch property {
	case "error_Code", "OMI_Code":
		f.WMICode = p.number(e, e.text)
	case "CIMStatusCode", "CIM_StatusCode":
		f.WMIStatus = p.number(e, e.text)
	case "MessageID":
		first(&f.WMIMessageID, e.text)
	case "Message":
		first(&f.WMIMessage, line(e.text))
	}
}

// number reads an unsigned 32-bit decimal; "" is 0. The first text that is no such number is kept in bad.
func (p *faultParser) number(e element, s string) uint32 {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err == nil {
		return uint32(n)
	}
	if i, err := strconv.ParseInt(s, 10, 32); err == nil {
		return uint32(int32(i)) // an HRESULT written as a signed number
	}
	if p.bad == nil {
		p.bad = fmt.Errorf("%w: the code %s of %s is no 32-bit number", ErrMalformed, clip(s), clip(e.name))
	}
	return 0
}

// codeOf is the number in a message id such as "HRESULT 0x803381a5", 0 when there is none.
func codeOf(id string) uint32 {
	hex, ok := strings.CutPrefix(strings.ToLower(id), "hresult 0x")
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
