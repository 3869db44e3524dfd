package lab

import (
	"bytes"
	"encoding/base64"
	"strings"

	"pstest/negotiate"
)

// offers tells whether the listener offers a scheme.
func (s *session) offers(scheme string) bool {
	for _, o := range s.at.Offers {
		name, _, _ := strings.Cut(o, " ")
		if strings.EqualFold(name, scheme) {
			return true
		}
	}
	return false
}

// basic decides about a request with Basic credentials. They count for this request alone. Over HTTP a host that wants
// messages encrypted refuses them whatever they are: as 401, which is reported, not recorded.
func (s *session) basic(r request, token string) answer {
	user, password, ok := basicParts(token)
	if !ok || !s.offers("Basic") || !s.at.TLS && !s.at.AllowUnencrypted {
		return s.refuse()
	}
	a := s.host.config.Account
	accepted := strings.EqualFold(user, a.Name) && password == a.onWire() && password != "" && !a.Domain && !a.Locked
	s.host.record.logon(user, accepted)
	if !accepted {
		return s.refuse()
	}
	return s.perform(r, a.Name, "")
}

// onWire is the password as a Basic client has to send it. ISO 8859-1 stands for the code page.
func (a Account) onWire() string {
	if !a.ANSI {
		return a.Password
	}
	var b []byte
	for _, r := range a.Password {
		b = append(b, byte(r)) // what it can't hold, nobody can send
	}
	return string(b)
}

// negotiate takes one token of a handshake.
func (s *session) negotiate(r request, token string) answer {
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(raw) == 0 || !s.offers("Negotiate") || s.host.config.NTLM.Blocked {
		return s.refuse()
	}
	if s.acceptor == nil || s.user != "" { // a new handshake on a connection that was authenticated begins afresh
		if err := s.begin(raw); err != nil {
			return s.refuse()
		}
	}
	reply, done, err := s.acceptor.Step(raw)
	switch {
	case err != nil:
		s.failed()
		return s.refuse()
	case !done:
		return s.challenge(s.encode(s.edited(reply)))
	}
	if !s.admit(s.acceptor.Logon()) {
		return s.refuse()
	}
	s.user = s.host.config.Account.Name
	if s.host.config.NTLM.Forges {
		reply = negotiate.NegTokenResp{State: negotiate.AcceptCompleted, MechListMIC: make([]byte, 16)}.Wrap()
	}
	return s.perform(r, s.user, s.encode(reply))
}

func (s *session) encode(token []byte) string { return base64.StdEncoding.EncodeToString(token) }

// begin makes the acceptor of a new handshake.
func (s *session) begin(first []byte) (err error) {
	c := s.host.config
	if _, form, _, _ := negotiate.Unwrap(first); c.NTLM.RawOnly && form != negotiate.Raw {
		return negotiate.ErrLogon
	}
	m := c.Machine
	if s.other {
		m.NetBIOSComputer, m.DNSComputer = m.Alternate, strings.ToLower(m.Alternate)
	}
	s.user = ""
	s.acceptor, err = negotiate.NewAcceptor(negotiate.AcceptorOptions{
		Challenge: negotiate.ChallengeSpec{
			NetBIOSComputer: m.NetBIOSComputer, NetBIOSDomain: m.NetBIOSDomain,
			DNSComputer: m.DNSComputer, DNSDomain: m.DNSDomain, DNSTree: m.DNSTree,
			Major: m.Major, Minor: m.Minor, Build: m.Build, Timestamp: s.host.now(),
			Flags: s.host.config.NTLM.grants(),
		},
		Password: s.host.password,
		Rand:     s.host.options.Rand,
	})
	return err
}

// grants is what the challenge may grant; 0 is all that a Windows host does.
func (n NTLM) grants() uint32 {
	if n.Refuses == 0 {
		return 0
	}
	return negotiate.DefaultHostFlags &^ n.Refuses
}

// edited is the challenge as the scenario wants it to be sent.
func (s *session) edited(token []byte) []byte {
	edit := s.host.config.NTLM.Edit
	inner, form, _, err := negotiate.Unwrap(token)
	if edit == nil || err != nil || inner == nil {
		return token
	}
	inner = edit(bytes.Clone(inner))
	if form == negotiate.Raw {
		return inner
	}
	return negotiate.NegTokenResp{State: negotiate.AcceptIncomplete, NTLM: true, Token: inner}.Wrap()
}

// password looks the account up by the names that a client sent: alice, WIN01\alice, alice@win01, and the same with the
// host's DNS names, or those of the domain for an account of it.
func (h *Host) password(user, domain string) (negotiate.Secret, bool) {
	name, qualifier, qualified := strings.Cut(user, "@")
	if domain != "" && qualified { // both at once are no documented form
		return h.secret, false
	}
	if domain != "" {
		qualifier = domain
	}
	a := h.config.Account
	known := strings.EqualFold(name, a.Name) && h.keeps(qualifier) && a.Password != ""
	return h.secret, known && !a.Locked
}

// keeps tells whether the account is found under a qualifier; none means the host's own choice.
func (h *Host) keeps(qualifier string) bool {
	m := h.config.Machine
	names := append([]string{"", ".", m.NetBIOSComputer, m.DNSComputer}, h.options.Hosts...)
	if h.config.Account.Domain {
		names = []string{"", m.NetBIOSDomain, m.DNSDomain}
	}
	for _, n := range names {
		if strings.EqualFold(n, qualifier) {
			return true
		}
	}
	return false
}

// failed counts a rejected type 3 message; a handshake that breaks before one is no logon.
func (s *session) failed() {
	if l := s.acceptor.Logon(); l.User != "" {
		name, _, _ := strings.Cut(l.User, "@")
		s.host.record.logon(name, false)
	}
}

// admit decides about a logon whose password was right.
func (s *session) admit(l negotiate.Logon) bool {
	admitted := s.bound(l.Bindings)
	s.host.record.logon(s.host.config.Account.Name, admitted)
	return admitted && !s.host.config.Account.Filtered
}

// bound holds the client's channel bindings against the level that the service demands over TLS. All zeros are none
// (MS-NLMP 2.2.2.1).
func (s *session) bound(hash []byte) bool {
	level := s.host.config.Bindings
	if !s.at.TLS || level == BindingsNone {
		return true
	}
	if hash == nil || bytes.Equal(hash, make([]byte, 16)) {
		return level == BindingsRelaxed
	}
	want, err := negotiate.BindingsHash(s.host.bindings)
	return err == nil && want != nil && bytes.Equal(hash, want)
}

// performSealed runs a message that NTLM sealed, and seals the answer.
func (s *session) performSealed(r request, kind, user, token string) answer {
	if s.acceptor == nil || s.acceptor.Session() == nil {
		return s.refuse()
	}
	plain, inner, err := negotiate.OpenMessage(s.acceptor.Session(), kind, r.body)
	if err != nil {
		return s.badRequest()
	}
	status, body := s.host.service.handle(plain, user)
	header, sealed := negotiate.SealMessage(s.acceptor.Session(), inner, body)
	a := s.soap(status, sealed, token)
	a.kind = header
	return a
}
