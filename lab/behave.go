package lab

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"pstest/wsman"
)

// hear reads one request and drops its body; nil: none came.
func hear(c net.Conn) *http.Request {
	_ = c.SetReadDeadline(time.Now().Add(idleTime))
	r, err := http.ReadRequest(bufio.NewReader(io.LimitReader(c, maxHeader+maxBody)))
	if err != nil {
		return nil
	}
	_, _ = io.Copy(io.Discard, r.Body) // what is lost here, the answer does not need
	return r
}

// tell writes within the time that one answer may take; an error ends the behaviour.
func tell(c net.Conn, text string) error {
	_ = c.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := io.WriteString(c, text)
	return err
}

// saying answers the first request and hangs up. text gets the host's time, written as HTTP has it.
func saying(text func(date string) string) Behaviour {
	return func(_ context.Context, c net.Conn, now func() time.Time) {
		if hear(c) != nil {
			_ = tell(c, text(now().UTC().Format(http.TimeFormat))) // the connection ends either way
		}
	}
}

// silent accepts, takes what comes, and says nothing.
func silent(_ context.Context, c net.Conn, _ func() time.Time) {
	_ = c.SetReadDeadline(time.Now().Add(idleTime))
	_, _ = io.Copy(io.Discard, c) // its end is all that counts
}

// greeting speaks first, as SSH does.
func greeting(text string) Behaviour {
	return func(ctx context.Context, c net.Conn, now func() time.Time) {
		if tell(c, text) == nil {
			silent(ctx, c, now)
		}
	}
}

// html is an answer with a page, from something that is not http.sys.
func html(status, server, extra, title string) Behaviour {
	return saying(func(date string) string {
		page := "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
		return fmt.Sprintf("HTTP/1.1 %s\r\nServer: %s\r\nDate: %s\r\nContent-Type: text/html\r\n%sContent-Length: %d\r\n"+
			"Connection: close\r\n\r\n%s", status, server, date, extra, len(page), page)
	})
}

// unavailable is http.sys without the service behind it. That it writes the reason is believed.
func unavailable(_ context.Context, c net.Conn, now func() time.Time) {
	page := "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\r\n<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD>\r\n" +
		"<BODY><h2>Service Unavailable</h2>\r\n<hr><p>HTTP Error 503. The service is unavailable.</p>\r\n</BODY></HTML>\r\n"
	saying(func(date string) string {
		return fmt.Sprintf("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=us-ascii\r\n"+
			"Server: Microsoft-HTTPAPI/2.0\r\nDate: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", date, len(page), page)
	})(context.Background(), c, now)
}

// omi is Open Management Infrastructure on Linux: WS-Management, and no Windows. Its 401 is read in its source, its
// vendor and version are stand-ins.
func omi(_ context.Context, c net.Conn, _ func() time.Time) {
	r := hear(c)
	switch {
	case r == nil:
	case r.Header.Get("WSMANIDENTIFY") != "":
		body := wsman.IdentityResponse(wsman.Identity{Vendor: "Open Management Infrastructure", Version: "1.6.12-1"})
		_ = tell(c, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n"+
			"Content-Type: application/soap+xml;charset=UTF-8\r\n\r\n%s", len(body), body))
	default:
		_ = tell(c, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\n"+
			"Connection: close\r\n\r\n")
	}
}

// endless repeats what it is given until the other side has enough.
func endless(head string, again func(i int) string) Behaviour {
	return func(ctx context.Context, c net.Conn, _ func() time.Time) {
		if hear(c) == nil || tell(c, head) != nil {
			return
		}
		for i := 0; ctx.Err() == nil; i++ {
			if tell(c, again(i)) != nil {
				return
			}
		}
	}
}

// drip says one byte a second, from the first on.
func drip(text string, first func(net.Conn) bool) Behaviour {
	return func(ctx context.Context, c net.Conn, _ func() time.Time) {
		if !first(c) {
			return
		}
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for i := 0; ; i++ {
			if tell(c, text[i%len(text):i%len(text)+1]) != nil {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}
}

func heard(c net.Conn) bool { return hear(c) != nil }

// greeted waits for the first bytes, such as a TLS hello.
func greeted(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(idleTime))
	_, err := c.Read(make([]byte, 4096))
	return err == nil
}

// babble answers a TLS hello with bytes that are none.
func babble(ctx context.Context, c net.Conn, now func() time.Time) {
	if !greeted(c) {
		return
	}
	b := make([]byte, 512)
	for i := range b {
		b[i] = byte(i*167 + 91)
	}
	if tell(c, string(b)) == nil {
		silent(ctx, c, now)
	}
}
