package wsman

import (
	"fmt"
	"strings"
)

// Identity is what a WS-Management service says of itself (DSP0226 section 11).
type Identity struct {
	ProtocolVersion string `json:"protocolVersion,omitempty"`
	Vendor          string `json:"vendor,omitempty"`
	// Version is ProductVersion as written. OS, SP and Stack are split out of the form that Windows writes,
	// "OS: 10.0.20348 SP: 0.0 Stack: 3.0", and are "" in any other. Windows writes zeros for OS and SP to a
	// client that has not authenticated.
	Version string `json:"version,omitempty"`
	OS      string `json:"os,omitempty"`
	SP      string `json:"sp,omitempty"`
	Stack   string `json:"stack,omitempty"`
	// SecurityProfiles are in the order given, nil when there are none.
	SecurityProfiles []string `json:"securityProfiles,omitempty"`
}

// maxProfiles is how many security profiles are kept; further ones are dropped.
const maxProfiles = 64

// maxIdentityText bounds one text of an Identify answer, in bytes.
const maxIdentityText = 4096

// Microsoft tells whether the service calls itself Windows' own.
func (i Identity) Microsoft() bool {
	return strings.EqualFold(strings.TrimSpace(i.Vendor), "Microsoft Corporation")
}

// ParseIdentity reads the answer to Identify. A fault, or an envelope without an IdentifyResponse, is ErrOther.
func ParseIdentity(body []byte) (Identity, error) {
	var id Identity
	found, fault := false, false
	b := answerBounds
	b.text = maxIdentityText
	err := scan(body, b, func(e element) error {
		switch e.path {
		case "Envelope/Body/IdentifyResponse":
			found = true
		case "Envelope/Body/Fault":
			fault = true
		default:
			id.take(e)
		}
		return nil
	})
	switch {
	case err != nil:
		return Identity{}, fmt.Errorf("identify answer: %w", err)
	case fault:
		return Identity{}, fmt.Errorf("identify answer: %w: a fault", ErrOther)
	case !found:
		return Identity{}, fmt.Errorf("identify answer: %w: no IdentifyResponse in the body", ErrOther)
	}
	id.OS, id.SP, id.Stack = splitVersion(id.Version)
	return id, nil
}

// take keeps what e says; of an element that is repeated the first counts.
func (i *Identity) take(e element) {
	rest, ok := strings.CutPrefix(e.path, "Envelope/Body/IdentifyResponse/")
	if !ok {
		return
	}
	switch rest {
	case "ProtocolVersion":
		first(&i.ProtocolVersion, e.text)
	case "ProductVendor":
		first(&i.Vendor, e.text)
	case "ProductVersion":
		first(&i.Version, e.text)
	case "SecurityProfiles/SecurityProfileName":
		if len(i.SecurityProfiles) < maxProfiles && e.text != "" {
			i.SecurityProfiles = append(i.SecurityProfiles, e.text)
		}
	}
}

// first sets *to unless it is set already.
func first(to *string, s string) {
	if *to == "" {
		*to = s
	}
}

// splitVersion takes "OS: x SP: y Stack: z" apart; the blank after a label may be missing. All three are ""
// when the labels are not those, in that order.
func splitVersion(v string) (os, sp, stack string) {
	rest, isOS := strings.CutPrefix(v, "OS:")
	os, rest, hasSP := strings.Cut(rest, "SP:")
	sp, stack, hasStack := strings.Cut(rest, "Stack:")
	if !isOS || !hasSP || !hasStack {
		return "", "", ""
	}
	return strings.TrimSpace(os), strings.TrimSpace(sp), strings.TrimSpace(stack)
}

// IdentityResponse writes the answer to Identify. An empty Version is made of OS, SP and Stack where these are
// given; an empty ProtocolVersion is Protocol. SecurityProfiles are left out when there are none.
func IdentityResponse(i Identity) []byte {
	if i.Version == "" && i.Stack != "" {
		i.Version = "OS: " + i.OS + " SP: " + i.SP + " Stack: " + i.Stack
	}
	if i.ProtocolVersion == "" {
		i.ProtocolVersion = Protocol
	}
	var b strings.Builder
	b.WriteString(`<s:Envelope xmlns:s="` + nsSOAP + `"><s:Header/><s:Body>` +
		`<wsmid:IdentifyResponse xmlns:wsmid="` + nsIdentity + `">`)
	b.WriteString(tag("wsmid:ProtocolVersion", i.ProtocolVersion))
	b.WriteString(tag("wsmid:ProductVendor", i.Vendor))
	b.WriteString(tag("wsmid:ProductVersion", i.Version))
	if len(i.SecurityProfiles) > 0 {
		b.WriteString("<wsmid:SecurityProfiles>")
		for _, p := range i.SecurityProfiles {
			b.WriteString(tag("wsmid:SecurityProfileName", p))
		}
		b.WriteString("</wsmid:SecurityProfiles>")
	}
	b.WriteString("</wsmid:IdentifyResponse></s:Body></s:Envelope>")
	return []byte(b.String())
}

// tag is an element with escaped text.
func tag(name, text string) string {
	return "<" + name + ">" + escape(text) + "</" + name + ">"
}
