package lab

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"pstest/wsman"
)

// answer is one HTTP answer. Its header lines are written as they stand, in their order.
type answer struct {
	status int
	reason string   // of the status line; WinRM's is empty
	before []string // lines before Server
	after  []string // lines between Server and Date
	kind   string   // Content-Type, the first line; "": none
	body   []byte
	close  bool
	silent bool // nothing is answered, ever
}

// write sends the answer. The order is the recorded one: lines of the answer, Server, offers, Date, Connection,
// Content-Length.
func (s *session) write(a answer) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTime))
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", a.status, a.reason)
	line := func(format string, v ...any) { fmt.Fprintf(&b, format+"\r\n", v...) }
	if a.kind != "" {
		line("Content-Type: %s", a.kind)
	}
	for _, l := range a.before {
		line("%s", l)
	}
	line("Server: %s", s.host.config.Server)
	for _, l := range a.after {
		line("%s", l)
	}
	line("Date: %s", s.host.now().UTC().Format(http.TimeFormat))
	if a.close {
		line("Connection: close")
	}
	line("Content-Length: %s", strconv.Itoa(len(a.body)))
	line("")
	b.Write(a.body)
	_, err := s.conn.Write(b.Bytes())
	return err
}

// refuse is the 401 of a client that is not authenticated (recorded): one line a scheme, no body, and the end of the
// connection.
func (s *session) refuse() answer {
	s.user, s.acceptor = "", nil
	a := answer{status: http.StatusUnauthorized, close: true}
	for _, offer := range s.at.Offers {
		a.after = append(a.after, "WWW-Authenticate: "+offer)
	}
	return a
}

// challenge is the second leg of NTLM (recorded): the token stands before Server, and the connection stays.
func (s *session) challenge(token string) answer {
	return answer{status: http.StatusUnauthorized, before: tokenLine(token), close: s.host.config.NTLM.Forgets}
}

func tokenLine(token string) []string {
	if token == "" {
		return nil
	}
	return []string{"WWW-Authenticate: Negotiate " + token}
}

// empty is an answer without a body; 200 is what an accepted handshake without a message gets (recorded).
func (s *session) empty(status int, token string) answer {
	return answer{status: status, before: tokenLine(token)}
}

// soap is an answer in clear.
func (s *session) soap(status int, body []byte, token string) answer {
	return answer{status: status, kind: wsman.ContentType, before: tokenLine(token), body: body}
}

// page is an answer of http.sys itself, with a reason and a page that says no more than the status.
func (s *session) page(status int, reason string) answer {
	body := "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n" +
		"<HTML><HEAD><TITLE>" + reason + "</TITLE>\r\n" +
		"<META HTTP-EQUIV=\"Content-Type\" Content=\"text/html; charset=us-ascii\"></HEAD>\r\n" +
		"<BODY><h2>" + reason + "</h2>\r\n<hr><p>HTTP Error " + strconv.Itoa(status) + ".</p>\r\n</BODY></HTML>\r\n"
	return answer{status: status, reason: reason, kind: "text/html; charset=us-ascii", body: []byte(body), close: true}
}

func (s *session) notFound() answer   { return s.page(http.StatusNotFound, "Not Found") }
func (s *session) badRequest() answer { return s.page(http.StatusBadRequest, "Bad Request") }

// notAllowed and tooLarge are believed, not recorded, but for the empty 413 of an envelope beyond the bound.
func (s *session) notAllowed() answer {
	return answer{status: http.StatusMethodNotAllowed, before: []string{"Allow: POST"}, close: true}
}

func (s *session) tooLarge() answer {
	return answer{status: http.StatusRequestEntityTooLarge, close: true}
}
