package lab

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"pstest/wsman"
)

// FuzzSession sends arbitrary bytes to a healthy host: the session must end with the connection, and what it answers must
// be HTTP.
func FuzzSession(f *testing.F) {
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("alice:Lab-1")) + "\r\n"
	type1 := "Authorization: Negotiate TlRMTVNTUAABAAAAl4II4gAAAAAAAAAAAAAAAAAAAAAKAAAAAAAADw==\r\n"
	body := string(wsman.IdentifyRequest())
	for _, seed := range []string{
		anonymous, "\x16\x03\x01", "POST /wsman HTTP/1.1\r\n",
		strings.Replace(anonymous, "Host", basic+"Host", 1),
		strings.Replace(anonymous, "Host", type1+"Host", 1) + strings.Replace(anonymous, "Host", type1+"Host", 1),
		strings.Replace(anonymous, "Content-Length: 0\r\n", basic+"Content-Length: 12\r\n", 1) + "<a></a><b/> ",
		strings.Replace(anonymous, "Content-Length: 0", basic+"Transfer-Encoding: chunked", 1) + "5\r\n<a/> \r\n0\r\n\r\n",
		strings.Replace(anonymous, "Content-Length: 0", "WSMANIDENTIFY: unauthenticated\r\nTransfer-Encoding: chunked", 1) + "200\r\n" + body,
		strings.Replace(anonymous, "Content-Length: 0\r\n", basic+"Content-Type: multipart/encrypted;protocol=x\r\nContent-Length: 4\r\n", 1) + "--E\n",
	} {
		f.Add([]byte(seed))
	}
	h, err := Start(context.Background(), Scenarios()[0], Options{Now: fixedNow, Password: "Lab-1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(h.Close)
	l := Listener{Offers: []string{offerNegotiate, offerBasic}, AllowUnencrypted: true}
	f.Fuzz(func(t *testing.T, sent []byte) {
		here, there := net.Pipe()
		go func() {
			newSession(h, &l, there).serve()
			_ = there.Close()
		}()
		answered := make(chan []byte)
		go func() {
			got, _ := io.ReadAll(here) // the end of the pipe is the end
			answered <- got
		}()
		_ = here.SetWriteDeadline(time.Now().Add(5 * time.Second))
		_, err := here.Write(sent)
		if isTimeout(err) {
			t.Error("the session neither reads nor ends")
		}
		time.AfterFunc(10*time.Millisecond, func() { _ = here.Close() })
		if got := <-answered; len(got) > 0 && !bytes.HasPrefix(got, []byte("HTTP/1.1 ")) {
			t.Errorf("answered %.80q", got)
		}
	})
}
