package lab

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"time"

	"pstest/wsman"
)

// parrot offers Basic and repeats whatever is sent behind it, in every place
// that a client might show.
func parrot(_ context.Context, c net.Conn, _ func() time.Time) {
	r := hear(c)
	if r == nil {
		return
	}
	sent := r.Header.Get("Authorization")
	if sent == "" {
		_ = tell(c, "HTTP/1.1 401 \r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\nServer: Microsoft-HTTPAPI/2.0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return
	}
	_, token, _ := strings.Cut(sent, " ")
	plain, _ := base64.StdEncoding.DecodeString(token)
	body := string(wsman.FaultResponse(wsman.Fault{Code: "Sender", Subcode: "AccessDenied", Reason: sent, WSManCode: 5, Message: string(plain)}))
	_ = tell(c, fmt.Sprintf("HTTP/1.1 500 \r\nServer: %s\r\nX-Sent: %s\r\nX-Sent-%s: x\r\nWWW-Authenticate: Basic realm=\"%s\"\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		plain, sent, strings.TrimRight(token, "="), plain, wsman.ContentType, len(body), body))
}

// anybody answers an Identify to whoever asks, with any credential or none.
func anybody(_ context.Context, c net.Conn, _ func() time.Time) {
	for hear(c) != nil {
		body := wsman.IdentityResponse(wsman.Identity{ProtocolVersion: wsman.Protocol, Vendor: "Microsoft Corporation", Version: "OS: 10.0.20348 SP: 0.0 Stack: 3.0"})
		if tell(c, fmt.Sprintf("HTTP/1.1 200 \r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"WSMAN\"\r\nServer: Microsoft-HTTPAPI/2.0\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", wsman.ContentType, len(body), body)) != nil {
			return
		}
	}
}
