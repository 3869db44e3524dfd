package wsman

import (
	"strconv"
	"strings"
)

// Header addresses a reply (WS-Addressing 2004/08). MessageID is the reply's own, RelatesTo that of the request;
// both as clients write them, "uuid:" and the id, and left out when empty. Clients refuse a reply whose
// RelatesTo is not the MessageID that they sent.
type Header struct{ MessageID, RelatesTo string }

// reply wraps body, which must be XML, into an envelope of the shape that WinRM writes.
func reply(action string, h Header, body string) []byte {
	var b strings.Builder
	b.WriteString(`<s:Envelope xml:lang="en-US"`)
	for _, ns := range []string{"s=" + nsSOAP, "a=" + nsAddressing, "x=" + nsTransfer, "n=" + nsEnumeration,
		"w=" + nsWSMan, "rsp=" + nsShell, "p=" + nsMicrosoft} {
		prefix, uri, _ := strings.Cut(ns, "=")
		b.WriteString(` xmlns:` + prefix + `="` + uri + `"`)
	}
	b.WriteString(`><s:Header>` + tag("a:Action", action))
	b.WriteString(optional("a:MessageID", h.MessageID))
	b.WriteString(tag("a:To", anonymousRole))
	b.WriteString(optional("a:RelatesTo", h.RelatesTo))
	b.WriteString(`</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`)
	return []byte(b.String())
}

// optional is the element, or nothing where text is empty.
func optional(name, text string) string {
	if text == "" {
		return ""
	}
	return tag(name, text)
}

// FaultResponse writes f as WinRM does: a WSManFault where WSManCode is set, with a ProviderFault inside where
// Provider is; else an MSFT_WmiError where WMICode is set; else no such detail. An empty Code is Receiver for
// a time-out or an internal error and Sender otherwise, an empty Action ActionFault, an empty Message Reason.
func FaultResponse(f Fault) []byte {
	if f.Action == "" {
		f.Action = ActionFault
	}
	body := `<s:Fault><s:Code>` + tag("s:Value", "s:"+soapCode(f)) + subcode(f.Subcode) + `</s:Code>` +
		`<s:Reason><s:Text xml:lang="en-US">` + escape(f.Reason) + `</s:Text></s:Reason>` +
		detail(f) + `</s:Fault>`
	return reply(f.Action, Header{MessageID: f.MessageID, RelatesTo: f.RelatesTo}, body)
}

func soapCode(f Fault) string {
	switch {
	case f.Code != "":
		return f.Code
	case f.Subcode == "TimedOut" || f.Subcode == "InternalError":
		return "Receiver"
	}
	return "Sender"
}

// subcode puts a subcode into the namespace that defines it (DSP0226 section 14.6).
func subcode(name string) string {
	if name == "" {
		return ""
	}
	prefix := "w:"
	switch name {
	case "ActionNotSupported", "DestinationUnreachable", "EndpointUnavailable",
		"InvalidMessageInformationHeader", "MessageInformationHeaderRequired":
		prefix = "a:"
	case "CannotProcessFilter", "FilterDialectRequestedUnavailable", "InvalidEnumerationContext":
		prefix = "n:"
	case "InvalidRepresentation":
		prefix = "x:"
	}
	return `<s:Subcode>` + tag("s:Value", prefix+name) + `</s:Subcode>`
}

func detail(f Fault) string {
	inside := optional("w:FaultDetail", f.FaultDetail)
	switch {
	case f.WSManCode != 0:
		inside += wsmanFault(f)
	case f.WMICode != 0:
		inside += wmiError(f)
	}
	if inside == "" {
		return ""
	}
	return `<s:Detail>` + inside + `</s:Detail>`
}

func wsmanFault(f Fault) string {
	if f.Message == "" {
		f.Message = f.Reason
	}
	message := escape(f.Message)
	if f.Provider != "" {
		message = providerFault(f)
	}
	return openFault(f.WSManCode, f.Machine) + `<f:Message>` + message + `</f:Message></f:WSManFault>`
}

// providerFault holds the message as plain text, or in a WSManFault of the provider when it has a code.
func providerFault(f Fault) string {
	text := escape(f.Message)
	if f.ProviderCode != 0 {
		text = openFault(f.ProviderCode, f.Machine) + tag("f:Message", f.Message) + `</f:WSManFault>`
	}
	id := ""
	if f.ProviderID != "" {
		id = ` providerId="` + escape(f.ProviderID) + `"`
	}
	return `<f:ProviderFault provider="` + escape(f.Provider) + `" path="` + escape(f.ProviderPath) + `"` + id + `>` +
		text + `</f:ProviderFault>`
}

func openFault(code uint32, machine string) string {
	return `<f:WSManFault xmlns:f="` + nsFault + `" Code="` + decimal(code) + `" Machine="` + escape(machine) + `">`
}

// wmiError is the CIM error instance that WinRM 3.0 sends for quotas of a user (seen instead of a WSManFault).
func wmiError(f Fault) string {
	const schema = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
	class := f.WMIClass
	if class == "" {
		class = "MSFT_WmiError"
	}
	return `<c:` + escape(class) + ` xmlns:c="` + schema + escape(class) + `">` +
		tag("c:CIMStatusCode", decimal(f.WMIStatus)) +
		tag("c:Message", f.WMIMessage) +
		tag("c:MessageID", f.WMIMessageID) +
		tag("c:error_Code", decimal(f.WMICode)) +
		tag("c:error_Type", "HRESULT") +
		`</c:` + escape(class) + `>`
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
