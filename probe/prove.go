package probe

import (
	"bytes"
	"mime"
	"strings"

	"pstest/negotiate"
	"pstest/wsman"
)

// What an attempt sent, in Authentication.Sent.
const (
	SentNothing  = "nothing"
	SentCanary   = "canary"        // a random name and password
	SentNTLM     = "ntlm-response" // proof of the password, not the password
	SentPassword = "password"      // the real one, in Basic
)

// prove decides the outcome of an attempt by what came back. A status alone
// proves nothing: Accepted needs an Identify answer that was parsed, and over
// plain HTTP one that was unsealed and verified.
func (r *run) prove(res *Authentication, ans answer, session *negotiate.Session, mustSeal bool) {
	body := ans.body
	if isSealed(ans) && session != nil {
		plain, _, err := negotiate.OpenMessage(session, ans.header.Get("Content-Type"), ans.body)
		if err != nil {
			res.Outcome, res.Detail = Unproven, joinDetail(res.Detail, "the sealed answer can't be opened: "+err.Error())
			return
		}
		body, res.Sealed = r.scrub.clean(plain), true
	}
	if fault, ok, err := wsman.ParseFault(body); err == nil && ok && ans.status != 401 {
		cleaned := cleanFault(fault)
		res.Outcome, res.Fault = Faulted, &cleaned
		if !res.Sealed && mustSeal {
			res.Outcome = OtherStatus // anybody on the way could have written it
		}
		return
	}
	res.Outcome = outcomeOf(ans)
	if res.Outcome != Accepted {
		return
	}
	id, err := wsman.ParseIdentity(body)
	switch {
	case err != nil:
		res.Outcome, res.Detail = Unproven, joinDetail(res.Detail, err.Error())
	case mustSeal && !res.Sealed:
		res.Outcome, res.Detail = Unproven, joinDetail(res.Detail, "the answer was not sealed")
		res.Identity = cleanIdentity(id)
	default:
		res.Identity = cleanIdentity(id)
	}
}

// proven tells whether the host showed that it takes the account: by an answer
// that was accepted as proof, by a mechListMIC that only the session key makes,
// or by a fault that was sealed with it.
func (a Authentication) proven() bool {
	return a.Outcome == Accepted || a.Mutual || a.Outcome == Faulted && a.Sealed
}

// doubt takes back what an unsealed answer seemed to prove, where the host was
// seen to answer anybody: without credentials, or a made-up account.
func (f *Facts) doubt() {
	why := ""
	switch {
	case f.HTTP.Canary.Value.Outcome == Accepted:
		why = "the host accepted an account that does not exist"
	case f.HTTPS.Challenge.Value.Anybody:
		why = "the host gives the same answer without credentials"
	default:
		return
	}
	for _, o := range []*Observed[Authentication]{&f.HTTPS.Basic, &f.HTTPS.Negotiate, &f.HTTP.Basic, &f.HTTP.Unsealed} {
		if a := &o.Value; a.Outcome == Accepted && !a.Sealed && !a.Mutual {
			a.Outcome, a.Detail = Unproven, joinDetail(a.Detail, why)
		}
	}
}

// outcomeOf reads the status alone; Accepted is then still to be proven.
func outcomeOf(ans answer) Outcome {
	switch {
	case ans.status == 401:
		return Rejected
	case ans.status == 500 && len(ans.body) == 0:
		return Empty500
	case ans.status >= 200 && ans.status < 300:
		return Accepted
	}
	return OtherStatus
}

func isSealed(ans answer) bool {
	kind, _, err := mime.ParseMediaType(ans.header.Get("Content-Type"))
	return (err == nil && kind == "multipart/encrypted") ||
		strings.HasPrefix(strings.ToLower(ans.header.Get("Content-Type")), "multipart/encrypted") && bytes.Contains(ans.body, []byte("--"))
}

func joinDetail(a, b string) string {
	if a == "" {
		return clean(b)
	}
	return clean(a + "; " + b)
}

// cleanFault makes every text of a fault safe.
func cleanFault(f wsman.Fault) wsman.Fault {
	for _, s := range []*string{&f.Code, &f.Subcode, &f.Reason, &f.FaultDetail, &f.Machine, &f.Message, &f.Provider, &f.ProviderPath,
		&f.ProviderID, &f.WMIClass, &f.WMIMessageID, &f.WMIMessage, &f.Action, &f.MessageID, &f.RelatesTo} {
		*s = clean(*s)
	}
	return f
}
