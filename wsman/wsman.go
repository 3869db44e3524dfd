// Package wsman reads and writes the WS-Management envelopes that pstest needs: Identify, faults with all
// their parts, and the WinRS command shell. It knows no network and no credentials.
//
// The parsers take bytes of a host or client that may be hostile: size, depth, count and text are bounded,
// document types are refused, and nothing panics. Elements are recognised by their local names, whatever the
// prefix. Text that is returned is trimmed but not otherwise cleaned: it may hold C1 controls or
// bidirectional marks, which the writer of a report has to escape.
package wsman

import (
	"bytes"
	"encoding/xml"
)

// ContentType is the Content-Type of a WS-Management message that is not sealed.
const ContentType = "application/soap+xml;charset=UTF-8"

// MaxBody is the largest message, in bytes, that a parser of this package reads.
const MaxBody = 1 << 20

// Namespaces (SOAP 1.2 part 1; DSP0226 appendix A; MS-WSMV 2.2.1).
const (
	nsSOAP        = "http://www.w3.org/2003/05/soap-envelope"
	nsAddressing  = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
	nsTransfer    = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
	nsEnumeration = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
	nsWSMan       = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
	nsMicrosoft   = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
	nsFault       = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
	nsShell       = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	nsIdentity    = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
	anonymousRole = nsAddressing + "/role/anonymous"
)

// Resources that a client names (MS-WSMV 2.2.1, MS-PSRP 3.1.5.3.1).
const (
	ResourceCmd        = nsShell + "/cmd"
	ResourcePowerShell = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
)

// Protocol is the ProtocolVersion that every WS-Management service identifies with (DSP0226 section 11).
const Protocol = nsWSMan

// Actions of the shell requests (MS-WSMV 3.1.4). A reply's action is the same with "Response" appended.
const (
	ActionCreate  = nsTransfer + "/Create"
	ActionDelete  = nsTransfer + "/Delete"
	ActionGet     = nsTransfer + "/Get"
	ActionCommand = nsShell + "/Command"
	ActionSend    = nsShell + "/Send"
	ActionReceive = nsShell + "/Receive"
	ActionSignal  = nsShell + "/Signal"
)

// ActionFault is the action of a fault of the service itself (DSP0226 section 14).
const ActionFault = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"

// IdentifyRequest is the envelope of WS-Management Identify (DSP0226 section 11): an empty header and an empty
// Identify. The same bytes each time; the caller owns them.
func IdentifyRequest() []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>` +
		`<s:Envelope xmlns:s="` + nsSOAP + `" xmlns:wsmid="` + nsIdentity + `">` +
		`<s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>`)
}

// escape makes s safe as XML text or attribute value; characters that XML can't hold become U+FFFD.
func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a bytes.Buffer never fails
	return b.String()
}
