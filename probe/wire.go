package probe

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds on what one answer may take. A WinRM answer to what pstest asks is
// under 4 KiB; the bounds leave room for error pages and no more.
const (
	maxHeaderBytes = 64 << 10
	maxBodyBytes   = 512 << 10
	maxInformal    = 4 // 1xx answers before the real one
)

// wire is one connection that speaks HTTP/1.1, one request after another. It is
// deliberately not net/http's client: NTLM authenticates the connection, so a
// request must never move to another one, be retried, redirected, sent through
// a proxy, or decompressed.
type wire struct {
	conn   net.Conn
	source *boundedReader
	br     *bufio.Reader
	closed bool // the host said that it closes the connection, or it broke
}

// boundedReader gives errTooLarge once more than left bytes were asked for.
type boundedReader struct {
	r    io.Reader
	left int
	got  int
	err  error // what ended the reading, other than a plain end
}

// Read implements io.Reader.
func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.err = errTooLarge
		return 0, b.err
	}
	if len(p) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= n
	b.got += n
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

func newWire(conn net.Conn) *wire {
	source := &boundedReader{r: conn}
	return &wire{conn: conn, source: source, br: bufio.NewReaderSize(source, 4096)}
}

func (w *wire) close() {
	if w != nil && w.conn != nil {
		w.conn.Close()
	}
}

// message is one request. Every request is a POST to the WS-Man path.
type message struct {
	step   Path
	header [][2]string // in the order of sending, without Host and Content-Length
	body   []byte
	hidden string // how the trace names the Authorization value, which it never prints
	secret bool   // the Authorization value was made from the password
}

// answer is one final response, read whole and bounded.
type answer struct {
	status int
	header http.Header
	body   []byte
	close  bool
}

// do sends one request and reads its answer before the deadline. The exchange
// is recorded in the facts either way.
func (r *run) do(ctx context.Context, w *wire, l line, m message) (answer, *Failure) {
	start := r.env.Now()
	op := fmt.Sprintf("POST %s", l.url(r.req.Target.Path))
	stop := deadline(ctx, w.conn, r.bounds.exchange)
	before := w.source.got
	for _, h := range m.header {
		if strings.EqualFold(h[0], "Authorization") && m.secret {
			r.scrub.sent(h[1])
		}
	}
	a, err := w.exchange(l, r.req.Target.Path, m)
	stop()
	a = r.scrub.answer(a)
	var f *Failure
	if err != nil {
		w.closed = true
		if w.source.err != nil {
			err = w.source.err // a line that was cut short is no malformed one
		}
		f = r.failure(ctxErr(ctx, err), op)
		if got := w.source.got - before; f.Class == ClassSilent && got > 0 {
			f.Raw = fmt.Sprintf("the answer was not complete in the time allowed; bytes that came: %d", got)
		}
	}
	r.record(r.exchange(l, r.req.Target.Path, m, a, w.source.got-before), f, r.env.Now().Sub(start))
	return a, f
}

// ctxErr prefers the reason of a cancelled run to the error that closing its
// connection caused.
func ctxErr(ctx context.Context, err error) error {
	if ctx.Err() == context.Canceled {
		return context.Canceled
	}
	return err
}

// deadline bounds what follows on conn by d and by ctx; the returned function
// must be called behind it.
func deadline(ctx context.Context, conn net.Conn, d time.Duration) func() {
	until := time.Now().Add(d)
	if t, ok := ctx.Deadline(); ok && t.Before(until) {
		until = t
	}
	conn.SetDeadline(until)
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

func (w *wire) exchange(l line, path string, m message) (answer, error) {
	w.source.left = maxHeaderBytes + w.br.Buffered()
	if _, err := w.conn.Write(encodeRequest(l, path, m)); err != nil {
		return answer{}, err
	}
	for range maxInformal + 1 {
		resp, err := http.ReadResponse(w.br, &http.Request{Method: http.MethodPost})
		if err != nil {
			return answer{}, err
		}
		if resp.StatusCode >= 200 {
			return w.readBody(resp)
		}
	}
	return answer{}, fmt.Errorf("%w: more than %d interim answers (1xx) and no final one", errTooLarge, maxInformal)
}

func (w *wire) readBody(resp *http.Response) (answer, error) {
	a := answer{status: resp.StatusCode, header: resp.Header, close: resp.Close}
	w.source.left = maxBodyBytes + 4096
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBodyBytes+1))
	a.body = body
	if err == nil && len(body) > maxBodyBytes {
		err = errTooLarge
	}
	if a.close {
		w.closed = true
	}
	return a, err
}

// encodeRequest writes head and body in one piece, so that one packet carries
// both where they fit.
func encodeRequest(l line, path string, m message) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: pstest\r\n", path, l.hostport())
	for _, h := range m.header {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(m.body))
	b.Write(m.body)
	return b.Bytes()
}

// exchange makes the record of one request and its answer. Nothing secret
// enters it: the value of Authorization is named, never kept.
func (r *run) exchange(l line, path string, m message, a answer, got int) Exchange {
	e := Exchange{Step: string(m.step), URL: l.url(path), Sent: len(m.body), Status: a.status, Got: got}
	for _, h := range m.header {
		value := h[1]
		if strings.EqualFold(h[0], "Authorization") {
			value = m.hidden
		}
		e.Request = append(e.Request, h[0]+": "+value)
	}
	e.Answer = r.answerLines(a.header, m.secret)
	return e
}

// answerLines lists header lines in a stable order, bounded in number and
// length; the tokens of WWW-Authenticate are shortened to their scheme and size.
// Behind a secret only well-known names are kept: a host can spell what it was
// sent into a name of its own, which loses the case that would give it away.
func (r *run) answerLines(h http.Header, secret bool) []string {
	var lines []string
	for _, name := range sortedKeys(h) {
		if secret && !wellKnown(name) {
			continue
		}
		for _, value := range h[name] {
			if len(lines) == 40 {
				return append(lines, "…")
			}
			if name == "Www-Authenticate" {
				value = shortenToken(value)
			}
			lines = append(lines, Clean(name, 60)+": "+r.scrub.text(value))
		}
	}
	return lines
}

// wellKnown lists the headers that WinRM, IIS and proxies answer with.
func wellKnown(name string) bool {
	switch name {
	case "Allow", "Connection", "Content-Length", "Content-Type", "Date", "Location", "Proxy-Authenticate", "Retry-After", "Server", "Transfer-Encoding", "Via", "Www-Authenticate":
		return true
	}
	return false
}

// shortenToken names a handshake's token by its length; the parameters of
// other schemes stay.
func shortenToken(value string) string {
	scheme, token, ok := strings.Cut(value, " ")
	if ok && !strings.Contains(strings.TrimRight(token, "="), "=") {
		return scheme + " (token, " + strconv.Itoa(len(token)) + " characters)"
	}
	return value
}

func sortedKeys(h http.Header) []string {
	keys := make([]string, 0, len(h))
	for k := range h {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
