package limits

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// faultLimits are the ids that a fault code may speak of.
func faultLimits() []string {
	return strings.Fields(`winrm-3 administrators-member session-configuration-rights default-configurations-administrators
		session-configuration-choice remoting-enabled winrm-service session-opens https-listener certificate-name negotiate-sealed
		negotiate-name-form token-filter-policy basic-over-http name-resolves port-reachable public-rule-lift client-public-network
		wsman-url answers-requests`)
}

func TestFaultCodesAreWellFormed(t *testing.T) {
	codes := FaultCodes()
	name := regexp.MustCompile(`^(HRESULT of )?(ERROR|SEC_E|E)_?[A-Z0-9_]+$`)
	for i, f := range codes {
		if i > 0 && codes[i-1].Code >= f.Code {
			t.Errorf("%d does not come after %d", f.Code, codes[i-1].Code)
		}
		if !name.MatchString(f.Name) || f.Meaning == "" || strings.HasSuffix(f.Meaning, ".") {
			t.Errorf("%d: name %q, meaning %q", f.Code, f.Name, f.Meaning)
		}
		if f.Limit != "" && !slices.Contains(faultLimits(), f.Limit) {
			t.Errorf("%d: there is no limit %q", f.Code, f.Limit)
		}
		if !slices.Contains([]string{faultDocumented, faultReported, faultBelieved}, f.Grade) {
			t.Errorf("%d: grade %q", f.Code, f.Grade)
		}
		if slices.Contains(slices.Concat(f.Windows, f.Client), "") {
			t.Errorf("%d: an empty command", f.Code)
		}
		if g, ok := Fault(f.Code); !ok || g.Name != f.Name {
			t.Errorf("%d: looked up as %q, %v", f.Code, g.Name, ok)
		}
	}
}

// The codes that the field reports most, with the name they have in Microsoft's headers.
func TestFaultNames(t *testing.T) {
	for hex, name := range map[string]string{
		"0x5": "ERROR_ACCESS_DENIED", "0x80338029": "ERROR_WSMAN_OPERATION_TIMEDOUT", "0x8033803B": "ERROR_WSMAN_INVALID_RESOURCE_URI",
		"0x8033805B": "ERROR_WSMAN_UNEXPECTED_SELECTORS", "0x803380DE": "ERROR_WSMAN_CLIENT_UNENCRYPTED_DISABLED",
		"0x803380E4": "ERROR_WSMAN_SERVER_NOT_TRUSTED", "0x803380E9": "ERROR_WSMAN_CONFIG_CERT_CN_DOES_NOT_MATCH_HOSTNAME",
		"0x803380EE": "ERROR_WSMAN_CERT_INVALID_USAGE", "0x803380F9": "ERROR_WSMAN_CANNOT_DECRYPT", "0x80338126": "ERROR_WSMAN_NETWORK_TIMEDOUT",
		"0x80338169": "ERROR_WSMAN_PUBLIC_FIREWALL_PROFILE_ACTIVE", "0x803381A5": "ERROR_WSMAN_QUOTA_MAX_SHELLS",
		"0x803381AC": "ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED", "0x803381BA": "ERROR_WSMAN_SSL_CONNECTION_ABORTED",
		"0x803381DD": "ERROR_WSMAN_SERVICE_REMOTE_ACCESS_DISABLED", "0x803381E4": "ERROR_WSMAN_QUOTA_MAX_SHELLS_PPQ",
		"0x803381EA": "ERROR_WSMAN_QUOTA_MIN_REQUIREMENT_NOT_AVAILABLE_PPQ", "0x803381F0": "ERROR_WSMAN_MUTUAL_AUTH_FAILED",
		"0x80070005": "E_ACCESSDENIED", "0x80090322": "SEC_E_WRONG_PRINCIPAL", "0x8007052e": "HRESULT of ERROR_LOGON_FAILURE",
	} {
		code, ok := ParseFaultCode(hex)
		if f, known := Fault(code); !ok || !known || f.Name != name {
			t.Errorf("%s: %d, %q, %v; want %s", hex, code, f.Name, known, name)
		}
	}
	if _, ok := Fault(4294967295); ok {
		t.Error("a code that is not in the table is explained")
	}
}

func TestParseFaultCode(t *testing.T) {
	for in, want := range map[string]uint32{
		"5": 5, " 2150859173 ": 2150859173, "0x803381A5": 2150859173, "0X803381a5": 2150859173, "-2144108123": 2150859173,
		"4294967295": 4294967295, "-1": 4294967295, "0x1": 1, "007": 7,
	} {
		if got, ok := ParseFaultCode(in); !ok || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "0", "0x0", "-0", "0x", "-", "4294967296", "0x100000000", "-2147483649", "+5", "5x", "1e3", "0x-5",
		"certificate-name", "803381A5", "5 5", "1_000", "0x1_0", "--5"} {
		if got, ok := ParseFaultCode(in); ok {
			t.Errorf("%q is taken for %d", in, got)
		}
	}
}

func TestFaultCodesAreTheCallersOwn(t *testing.T) {
	a := FaultCodes()
	a[0].Meaning = "changed"
	if b := FaultCodes(); b[0].Meaning == "changed" {
		t.Error("a change to one answer shows in the next")
	}
}
