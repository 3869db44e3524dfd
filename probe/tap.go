package probe

import "net"

// tapConn keeps a copy of the first bytes that a host sends.
type tapConn struct {
	net.Conn
	got []byte
}

// Read implements net.Conn.
func (c *tapConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if room := maxCertMessage - len(c.got); room > 0 {
		c.got = append(c.got, p[:min(n, room)]...)
	}
	return n, err
}

// certificateMessage finds the Certificate message (RFC 5246 section 7.4.2) in
// the records of a host's first flight and returns its certificates in DER,
// leaf first; nil where there is none. It trusts no length.
func certificateMessage(flight []byte) [][]byte {
	for msgs := handshakeBytes(flight); len(msgs) >= 4; {
		size := uint24(msgs[1:])
		if 4+size > len(msgs) {
			return nil
		}
		if msgs[0] == 11 {
			return certificateList(msgs[4 : 4+size])
		}
		msgs = msgs[4+size:]
	}
	return nil
}

// handshakeBytes joins the payloads of the leading handshake records.
func handshakeBytes(flight []byte) []byte {
	var out []byte
	for len(flight) >= 5 && flight[0] == 22 {
		size := int(flight[3])<<8 | int(flight[4])
		if 5+size > len(flight) {
			return out
		}
		out = append(out, flight[5:5+size]...)
		flight = flight[5+size:]
	}
	return out
}

func certificateList(b []byte) [][]byte {
	if len(b) < 3 || uint24(b) != len(b)-3 {
		return nil
	}
	var list [][]byte
	for b = b[3:]; len(b) >= 3; {
		size := uint24(b)
		if 3+size > len(b) {
			return nil
		}
		list = append(list, b[3:3+size])
		b = b[3+size:]
	}
	return list
}

func uint24(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }
