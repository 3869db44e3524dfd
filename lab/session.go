package lab

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"pstest/negotiate"
)

const (
	// maxHeader bounds the head of one request; http.sys ends at 16 KiB unless told otherwise.
	maxHeader = 64 << 10
	// maxBody bounds the body of one request: MaxEnvelopeSizekb is 500 by default, and sealing adds little.
	maxBody = 1 << 20
	// handshakeTime bounds a TLS handshake.
	handshakeTime = 20 * time.Second
)

// connection serves one accepted connection until it ends.
func (h *Host) connection(c net.Conn, l *Listener) {
	if !h.keep(c) {
		return
	}
	defer h.drop(c)
	h.record.connection()
	if h.options.Wire != nil {
		c = &tapped{Conn: c, to: h.options.Wire}
	}
	if l.Raw != nil {
		l.Raw(h.ctx, c, h.now)
		return
	}
	if l.TLS {
		p := newPeeked(c)
		if !p.hello() {
			return
		}
		t := tls.Server(p, h.tls)
		defer func() { _ = t.Close() }() // says goodbye where it still can
		_ = c.SetDeadline(time.Now().Add(handshakeTime))
		if t.HandshakeContext(h.ctx) != nil {
			return
		}
		_ = c.SetDeadline(time.Time{})
		c = t
	}
	if l.Instead != nil {
		l.Instead(h.ctx, c, h.now)
		return
	}
	newSession(h, l, c).serve()
}

// session is one connection to WinRM. NTLM authenticates the connection, so its state lives here.
type session struct {
	host   *Host
	at     *Listener
	conn   net.Conn
	budget *io.LimitedReader // what the client may still send of the head of this request
	in     *bufio.Reader

	acceptor *negotiate.Acceptor // a handshake that has begun, or was completed
	user     string              // who is authenticated by NTLM; "": nobody
	other    bool                // the second machine behind the address speaks
}

func newSession(h *Host, l *Listener, c net.Conn) *session {
	budget := &io.LimitedReader{R: c}
	other := h.config.Machine.Alternate != "" && l.TLS
	return &session{host: h, at: l, conn: c, budget: budget, in: bufio.NewReader(budget), other: other}
}

// request is what came in.
type request struct {
	method, path string
	header       http.Header
	body         []byte
	last         bool // the client wants the connection closed
}

func (s *session) serve() {
	for {
		r, err := s.read()
		if errors.Is(err, errTooLarge) {
			s.write(s.tooLarge())
			return
		}
		if err != nil {
			s.unreadable(err)
			return
		}
		s.host.record.request()
		a := s.answer(r)
		if a.silent {
			s.swallow()
			return
		}
		a.close = a.close || r.last
		if s.write(a) != nil || a.close {
			return
		}
	}
}

var (
	errTooLarge = errors.New("request body too large")
	errNotHTTP  = errors.New("not an HTTP request")
)

// read takes the next request off the connection, with its whole body.
func (s *session) read() (request, error) {
	_ = s.conn.SetReadDeadline(time.Now().Add(idleTime))
	s.budget.N = maxHeader
	if first, err := s.in.Peek(1); err == nil && (first[0] < ' ' && first[0] != '\r' && first[0] != '\n' || first[0] > '~') {
		return request{}, errNotHTTP // a TLS hello need not have the end of a line to wait for
	}
	r, err := http.ReadRequest(s.in)
	if err != nil {
		return request{}, err
	}
	s.budget.N = maxBody + 1
	if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		if _, err := io.WriteString(s.conn, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return request{}, err
		}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if len(body) > maxBody {
		return request{}, errTooLarge
	}
	if err != nil {
		return request{}, err
	}
	return request{method: r.Method, path: r.URL.Path, header: r.Header, body: body, last: r.Close}, nil
}

// unreadable answers what is no HTTP request, such as a TLS hello, with 400; that http.sys does so is believed. The end
// of the connection needs no answer.
func (s *session) unreadable(err error) {
	var network net.Error
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) {
		return
	}
	s.write(s.badRequest())
}

// swallow reads until the client gives up: a listener that never answers.
func (s *session) swallow() {
	s.budget.N = maxBody
	_, _ = io.Copy(io.Discard, s.in) // its end is all that counts
}

// answer decides about one request.
func (s *session) answer(r request) answer {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.header.Get("Authorization")), " ")
	token = strings.TrimSpace(token)
	s.host.record.authorization(s.at.TLS, scheme, token)
	if s.at.Mute && scheme == "" && s.user == "" {
		return answer{silent: true}
	}
	switch {
	case !s.ours(r.path):
		return s.notFound()
	case r.method != http.MethodPost:
		return s.notAllowed()
	case isAnonymousIdentify(r):
		return s.soap(http.StatusOK, s.host.service.identity(false), "")
	}
	switch strings.ToLower(scheme) {
	case "basic":
		return s.basic(r, token)
	case "negotiate":
		return s.negotiate(r, token)
	case "":
		return s.continued(r)
	}
	return s.refuse()
}

// ours tells whether the path belongs to the listener; http.sys compares in any case and by prefix.
func (s *session) ours(path string) bool {
	prefix := s.at.Path
	if prefix == "" {
		prefix = "/wsman"
	}
	path = strings.ToLower(path)
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

func isAnonymousIdentify(r request) bool {
	return strings.EqualFold(strings.TrimSpace(r.header.Get("WSMANIDENTIFY")), "unauthenticated") && len(r.body) > 0
}

// continued is a request without Authorization. On an authenticated connection it belongs to the user, but for one
// without a body, by which some clients begin a new handshake on a connection that they still have.
func (s *session) continued(r request) answer {
	if s.user == "" || len(r.body) == 0 {
		return s.refuse()
	}
	return s.perform(r, s.user, "")
}

// perform runs an authenticated request. token goes back to the client with the answer.
func (s *session) perform(r request, user, token string) answer {
	kind := r.header.Get("Content-Type")
	sealed := strings.HasPrefix(strings.ToLower(kind), "multipart/encrypted")
	switch {
	case len(r.body) == 0:
		return s.empty(http.StatusOK, token)
	case sealed:
		return s.performSealed(r, kind, user, token)
	case !s.at.TLS && !s.at.AllowUnencrypted:
		return s.unsealed()
	}
	status, body := s.host.service.handle(r.body, user)
	return s.soap(status, body, token)
}

// unsealed refuses a message in clear: 401 as recorded of Server 2012 R2, or the empty 500 that is reported too.
func (s *session) unsealed() answer {
	s.user, s.acceptor = "", nil
	if s.at.Unsealed500 {
		a := s.empty(http.StatusInternalServerError, "")
		a.close = true
		return a
	}
	return s.refuse()
}
