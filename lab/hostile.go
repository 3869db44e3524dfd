package lab

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"time"
)

// bombSize is what a bomb would fill.
const bombSize = 1 << 30

// both has the same behaviour on both ports, behind TLS on the second.
func both(b Behaviour) func(*Config) {
	return func(c *Config) { c.HTTP.Instead, c.HTTPS.Instead = b, b }
}

func endlessHeaders() Behaviour {
	filler := strings.Repeat("x", 1000)
	return endless("HTTP/1.1 401 \r\n", func(i int) string { return fmt.Sprintf("X-Filler-%d: %s\r\n", i, filler) })
}

func endlessBody() Behaviour {
	filler := strings.Repeat("<!-- -->", 4096)
	return endless(fmt.Sprintf("HTTP/1.1 200 \r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"+
		"Server: Microsoft-HTTPAPI/2.0\r\nContent-Length: %d\r\n\r\n", bombSize), func(int) string { return filler })
}

func endlessInterim() Behaviour {
	return endless("", func(int) string { return "HTTP/1.1 102 Processing\r\n\r\n" })
}

// bomb is a gigabyte of nothing, compressed to a megabyte: one member of a gzip file (RFC 1952 2.2) again and again.
func bomb(ctx context.Context, c net.Conn, _ func() time.Time) {
	var member bytes.Buffer
	z := gzip.NewWriter(&member)
	_, _ = z.Write(make([]byte, 1<<20)) // a bytes.Buffer never fails
	_ = z.Close()
	if hear(c) == nil || tell(c, "HTTP/1.1 200 \r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"+
		"Server: Microsoft-HTTPAPI/2.0\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n") != nil {
		return
	}
	for n := 0; n < bombSize>>20 && ctx.Err() == nil; n++ {
		if tell(c, member.String()) != nil {
			return
		}
	}
}

func redirect() Behaviour {
	return saying(func(date string) string {
		return "HTTP/1.1 307 Temporary Redirect\r\nLocation: /wsman\r\nServer: Microsoft-HTTPAPI/2.0\r\nDate: " + date +
			"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
	})
}

// truncated cuts a challenge inside its fixed part.
func truncated(challenge []byte) []byte { return challenge[:min(40, len(challenge))] }

// absurd has the challenge's target information lie far beyond its end (MS-NLMP 2.2.1.2: the slot is at 40).
func absurd(challenge []byte) []byte {
	if len(challenge) >= 48 {
		binary.LittleEndian.PutUint16(challenge[40:], 0xFFFF)
		binary.LittleEndian.PutUint16(challenge[42:], 0xFFFF)
		binary.LittleEndian.PutUint32(challenge[44:], 0xFFFFFFF0)
	}
	return challenge
}

// escapes would clear a terminal, colour it, rename its window and turn the direction of writing. Header fields can't hold
// ESC (RFC 9110 5.5), but its C1 forms can pass there, and in XML.
const (
	escapes       = "\x1b[2J\x1b[31mowned\x1b]0;owned\x07\u202egnp.exe"
	headerEscapes = "\u009b2J\u009b31mowned\u009d0;owned\u009c\u202egnp.exe"
)

// shout puts escapes wherever the host can write a name.
func shout(c *Config) {
	c.Server += headerEscapes
	offers := []string{offerNegotiate, "Basic realm=\"" + headerEscapes + "\""}
	c.HTTP.Offers, c.HTTPS.Offers = offers, offers
	c.Machine.NetBIOSComputer, c.Machine.DNSComputer = "WIN01"+escapes, "win01"+escapes
	c.Certificate.CN = escapes
	c.Stack = "3.0" + headerEscapes
}

// silentTLS takes a hello and never finishes: the beginning of a record, one byte a second.
func silentTLS() Behaviour {
	return drip("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03"+strings.Repeat("\x00", 64), greeted)
}
