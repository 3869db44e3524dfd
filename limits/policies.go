package limits

import (
	"strings"

	"pstest/probe"
)

const sectionPolicies = "UNDERSTAND POLICIES"

func policyLimits() []Limit {
	return []Limit{{
		ID: "local-and-remote-policy", Row: "L34", Title: "Both ends' policies apply",
		Broken: "this computer's own settings rule out NTLM", Kind: Requirement, Source: topic(sectionPolicies),
		Routes: negotiateRoutes(), Check: checkClientPolicy,
		Why: "Until the connection stands, the rules of this computer count (which certificates it trusts, which algorithms it allows, which proxy it uses); " +
			"inside a session the host's do. A failure before anything was sent is to be looked for here.",
		Fix: Fix{
			Windows: []string{"gpresult /h policies.html   # what policy sets on the host"},
			Client:  []string{"env | grep -i -e _proxy -e GODEBUG   # settings of this computer that clients follow"},
		},
	}}
}

// checkClientPolicy reports this side's settings. The only one that stands in
// a route's way by itself is a process that may not use NTLM's algorithms.
func checkClientPolicy(f *probe.Facts) Result {
	c := f.Client
	told := []Evidence{fact("client.store", "trusted roots here", orNone(c.Store))}
	if len(c.ProxyVars) > 0 {
		told = append(told, fact("client.proxyVars", "proxy variables here", strings.Join(c.ProxyVars, ", ")))
	}
	if c.NTLM != "" {
		return broken(append([]Evidence{fact("client.ntlm", "NTLM here", c.NTLM)}, told...)...)
	}
	return met(told...)
}
