package probe

// Path names one observation in Facts, as evidence and as the needs of a limit
// spell it: "https.tls". It is the JSON path without the state.
type Path string

// The paths, in the order in which things are looked at.
const (
	PathResolve        Path = "resolve"
	PathHTTPDial       Path = "http.dial"
	PathHTTPSDial      Path = "https.dial"
	PathNeutral        Path = "neutral"
	PathOthers         Path = "others"
	PathHTTPChallenge  Path = "http.challenge"
	PathHTTPIdentify   Path = "http.identify"
	PathHTTPNTLM       Path = "http.ntlm"
	PathHTTPRaw        Path = "http.raw"
	PathHTTPTLS        Path = "http.tls"
	PathHTTPSTLS       Path = "https.tls"
	PathHTTPSLegacy    Path = "https.legacy"
	PathHTTPSPlain     Path = "https.plain"
	PathHTTPSChallenge Path = "https.challenge"
	PathHTTPSIdentify  Path = "https.identify"
	PathHTTPSNTLM      Path = "https.ntlm"
	PathHTTPCanary     Path = "http.canary"
	PathHTTPBasic      Path = "http.basic"
	PathHTTPNegotiate  Path = "http.negotiate"
	PathHTTPUnsealed   Path = "http.unsealed"
	PathHTTPSNegotiate Path = "https.negotiate"
	PathHTTPSBasic     Path = "https.basic"
)

// observation is what Observed[T] offers whatever its T.
type observation interface {
	Status() Status
	blank(why string)
}

type namedObservation struct {
	path Path
	obs  observation
}

// observations lists every observation of f in the order of the paths above.
func (f *Facts) observations() []namedObservation {
	return []namedObservation{
		{PathResolve, &f.Resolve},
		{PathHTTPDial, &f.HTTP.Dial},
		{PathHTTPSDial, &f.HTTPS.Dial},
		{PathNeutral, &f.Neutral},
		{PathOthers, &f.Others},
		{PathHTTPChallenge, &f.HTTP.Challenge},
		{PathHTTPIdentify, &f.HTTP.Identify},
		{PathHTTPNTLM, &f.HTTP.NTLM},
		{PathHTTPRaw, &f.HTTP.Raw},
		{PathHTTPTLS, &f.HTTP.TLS},
		{PathHTTPSTLS, &f.HTTPS.TLS},
		{PathHTTPSLegacy, &f.HTTPS.Legacy},
		{PathHTTPSPlain, &f.HTTPS.Plain},
		{PathHTTPSChallenge, &f.HTTPS.Challenge},
		{PathHTTPSIdentify, &f.HTTPS.Identify},
		{PathHTTPSNTLM, &f.HTTPS.NTLM},
		{PathHTTPCanary, &f.HTTP.Canary},
		{PathHTTPBasic, &f.HTTP.Basic},
		{PathHTTPNegotiate, &f.HTTP.Negotiate},
		{PathHTTPUnsealed, &f.HTTP.Unsealed},
		{PathHTTPSNegotiate, &f.HTTPS.Negotiate},
		{PathHTTPSBasic, &f.HTTPS.Basic},
	}
}

// Paths lists every observation's path, in the order of looking.
func Paths() []Path {
	var f Facts
	obs := f.observations()
	paths := make([]Path, len(obs))
	for i, o := range obs {
		paths[i] = o.path
	}
	return paths
}

// Status returns the state of the observation at p; a path that does not
// exist is one that was not run.
func (f *Facts) Status(p Path) Status {
	for _, o := range f.observations() {
		if o.path == p {
			return o.obs.Status()
		}
	}
	return Status{Why: "no such observation: " + string(p)}
}

// Blank makes the observation at p one that was not made, with the reason. The
// tests use it to prove that limits declare what they read.
func (f *Facts) Blank(p Path, why string) {
	for _, o := range f.observations() {
		if o.path == p {
			o.obs.blank(why)
		}
	}
}

// Fill gives every observation that was not made and carries no reason the
// given one: absence always carries its reason.
func (f *Facts) fill(why string) {
	for _, o := range f.observations() {
		if s := o.obs.Status(); s.State == NotRun && s.Why == "" {
			o.obs.blank(why)
		}
	}
}
