package negotiate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"mime"
	"strconv"
	"strings"
)

// What a sealed message is wrapped in (MS-WSMV 2.2.9.1.1.2.2).
const (
	sealedProtocol = "application/HTTP-SPNEGO-session-encrypted"
	boundary       = "Encrypted Boundary"
	maxBoundary    = 70      // RFC 2046 5.1.1
	maxPartHeader  = 2 << 10 // two lines
)

// SealMessage seals plain, a body of the given type, and returns the Content-Type and the body that carry it. Beside
// plain it makes one copy.
func SealMessage(s *Session, contentType string, plain []byte) (header string, body []byte) {
	head := fmt.Sprintf("--%s\r\n\tContent-Type: %s\r\n\tOriginalContent: type=%s;Length=%d\r\n"+
		"--%s\r\n\tContent-Type: application/octet-stream\r\n",
		boundary, sealedProtocol, contentType, len(plain), boundary)
	tail := "--" + boundary + "--\r\n"
	body = make([]byte, len(head)+4+SignatureSize+len(plain)+len(tail))
	at := copy(body, head)
	binary.LittleEndian.PutUint32(body[at:], SignatureSize)
	sig := s.sealInto(body[at+4+SignatureSize:][:len(plain)], plain)
	copy(body[at+4:], sig[:])
	copy(body[at+4+SignatureSize+len(plain):], tail)
	return `multipart/encrypted;protocol="` + sealedProtocol + `";boundary="` + boundary + `"`, body
}

// OpenMessage reads and unseals a body of one sealed message, and returns it with its own content type. The parts'
// headers may begin with a TAB or not, lines end with CRLF or LF, and an empty line may close a header. Everything else,
// such as a length that is not the message's, is an error that leaves the session as it was. Beside body it makes one
// copy. The caller bounds body.
func OpenMessage(s *Session, contentType string, body []byte) (plain []byte, innerType string, err error) {
	mark, err := readBoundary(contentType)
	if err != nil {
		return nil, "", fmt.Errorf("sealed message: %w", err)
	}
	r := parts{rest: body, mark: mark}
	innerType, size, err := r.envelope()
	if err != nil {
		return nil, "", fmt.Errorf("sealed message: first part: %w", err)
	}
	sig, sealed, err := r.payload(size)
	if err != nil {
		return nil, "", fmt.Errorf("sealed message: second part: %w", err)
	}
	if plain, err = s.Unseal(sealed, sig); err != nil {
		return nil, "", fmt.Errorf("sealed message: %w", err)
	}
	return plain, innerType, nil
}

func readBoundary(contentType string) (string, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return "", fmt.Errorf("content type: %w", errors.New("malformed"))
	case kind != "multipart/encrypted":
		return "", errors.New("content type: not multipart/encrypted")
	case !strings.EqualFold(params["protocol"], sealedProtocol):
		return "", errors.New("content type: the protocol is not " + sealedProtocol)
	}
	mark := params["boundary"]
	if mark == "" || len(mark) > maxBoundary {
		return "", fmt.Errorf("content type: boundary of %d bytes", len(mark))
	}
	return mark, nil
}

// parts reads a body from front to back.
type parts struct {
	rest []byte
	mark string
}

// line takes the next line, without the white space around it.
func (p *parts) line() (string, error) {
	end := bytes.IndexByte(p.rest[:min(len(p.rest), maxPartHeader)], '\n')
	if end < 0 {
		return "", errors.New("a line does not end")
	}
	line := string(p.rest[:end])
	p.rest = p.rest[end+1:]
	return strings.Trim(line, " \t\r"), nil
}

// delimiter takes the line that opens a part.
func (p *parts) delimiter() error {
	line, err := p.line()
	if err != nil {
		return err
	}
	if !p.marks(line, "") {
		return errors.New("does not begin with the boundary")
	}
	return nil
}

// marks reports whether the line is the boundary. Exchange puts a space behind the dashes.
func (p *parts) marks(line, end string) bool {
	after, found := strings.CutPrefix(line, "--")
	return found && strings.TrimLeft(after, " ") == p.mark+end
}

// field takes one header line.
func (p *parts) field(name string) (string, error) {
	line, err := p.line()
	if err != nil {
		return "", err
	}
	key, value, found := strings.Cut(line, ":")
	if !found || !strings.EqualFold(strings.TrimSpace(key), name) {
		return "", fmt.Errorf("no %s where it was expected", name)
	}
	return strings.TrimSpace(value), nil
}

// blank takes an empty line, if there is one: RFC 2046 closes the header of a part with it, MS-WSMV does not. No sealed
// part begins so, since its first four bytes are the length of the signature.
func (p *parts) blank() {
	for _, eol := range []string{"\r\n", "\n"} {
		if after, found := bytes.CutPrefix(p.rest, []byte(eol)); found {
			p.rest = after
			return
		}
	}
}

// envelope reads the first part: the type and the length of the message before sealing.
func (p *parts) envelope() (innerType string, size int, err error) {
	if err := p.delimiter(); err != nil {
		return "", 0, err
	}
	kind, err := p.field("Content-Type")
	if err != nil {
		return "", 0, err
	}
	if !strings.EqualFold(kind, sealedProtocol) {
		return "", 0, errors.New("its Content-Type is not " + sealedProtocol)
	}
	original, err := p.field("OriginalContent")
	if err != nil {
		return "", 0, err
	}
	p.blank()
	return readOriginal(original)
}

// readOriginal reads "type=application/soap+xml;charset=UTF-8;Length=1234".
func readOriginal(value string) (innerType string, size int, err error) {
	at := strings.LastIndexByte(value, ';')
	if at < len("type=") || !strings.EqualFold(value[:len("type=")], "type=") {
		return "", 0, errors.New("malformed OriginalContent")
	}
	key, number, found := strings.Cut(value[at+1:], "=")
	if !found || !strings.EqualFold(strings.TrimSpace(key), "Length") {
		return "", 0, errors.New("no length in OriginalContent")
	}
	if size, err = strconv.Atoi(strings.TrimSpace(number)); err != nil || size < 0 {
		return "", 0, errors.New("malformed length in OriginalContent")
	}
	return shown(strings.ToValidUTF8(value[len("type="):at], "\uFFFD")), size, nil
}

// payload reads the second part and the end of the body. size is what the first part announced; RC4 keeps lengths.
func (p *parts) payload(size int) (sig, sealed []byte, err error) {
	if err := p.delimiter(); err != nil {
		return nil, nil, err
	}
	kind, err := p.field("Content-Type")
	if err != nil {
		return nil, nil, err
	}
	if !strings.EqualFold(kind, "application/octet-stream") {
		return nil, nil, errors.New("its Content-Type is not application/octet-stream")
	}
	p.blank()
	if len(p.rest) < 4+SignatureSize || size > len(p.rest)-4-SignatureSize {
		return nil, nil, fmt.Errorf("%d bytes are too few for a message of %d", len(p.rest), size)
	}
	if n := binary.LittleEndian.Uint32(p.rest); n != SignatureSize {
		return nil, nil, fmt.Errorf("signature of %d bytes, not %d", n, SignatureSize)
	}
	sig, p.rest = p.rest[4:4+SignatureSize], p.rest[4+SignatureSize:]
	sealed, p.rest = p.rest[:size], p.rest[size:]
	if end := string(p.rest[:min(len(p.rest), maxBoundary+16)]); !p.marks(strings.Trim(end, "\r\n"), "--") {
		return nil, nil, fmt.Errorf("the closing boundary does not follow %d sealed bytes", size)
	}
	return sig, sealed, nil
}
