package negotiate

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestChallengeRoundTrip(t *testing.T) {
	spec := hostSpec()
	spec.Flags = DefaultHostFlags
	spec.ServerChallenge = [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
	got, err := ParseChallenge(BuildChallenge(spec))
	if err != nil {
		t.Fatal(err)
	}
	want := Challenge{
		Flags:           DefaultHostFlags | FlagTargetInfo | FlagTargetTypeDomain,
		ServerChallenge: spec.ServerChallenge, TargetInfo: got.TargetInfo, TargetName: "CORP",
		NetBIOSComputer: spec.NetBIOSComputer, NetBIOSDomain: spec.NetBIOSDomain, DNSComputer: spec.DNSComputer,
		DNSDomain: spec.DNSDomain, DNSTree: spec.DNSTree, Timestamp: spec.Timestamp, Major: 10, Build: 20348,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if !got.Sealing() {
		t.Errorf("missing %v", got.MissingForSealing())
	}
}

// A workgroup host gives its own name as its domain.
func TestChallengeWorkgroup(t *testing.T) {
	spec := ChallengeSpec{NetBIOSComputer: "WIN01", NetBIOSDomain: "WIN01"}
	got, err := ParseChallenge(BuildChallenge(spec))
	if err != nil {
		t.Fatal(err)
	}
	if got.Flags != FlagUnicode|FlagTargetInfo|FlagTargetTypeServer || got.TargetName != "WIN01" || got.Major != 0 {
		t.Errorf("read as %+v", got)
	}
	if !got.Timestamp.IsZero() || got.Sealing() || len(got.MissingForSealing()) != 5 {
		t.Errorf("read as %+v, missing %v", got, got.MissingForSealing())
	}
}

func TestChallengeShowsNoControls(t *testing.T) {
	spec := ChallengeSpec{TargetName: "A\x00B\n", NetBIOSDomain: "\u202eEVIL\x1b[2J", DNSTree: strings.Repeat("x", 9000)}
	got, err := ParseChallenge(BuildChallenge(spec))
	if err != nil {
		t.Fatal(err)
	}
	if got.TargetName != "A\uFFFDB\uFFFD" || got.NetBIOSDomain != "\uFFFDEVIL\uFFFD[2J" || len(got.DNSTree) != 255 {
		t.Errorf("%q, %q, %d", got.TargetName, got.NetBIOSDomain, len(got.DNSTree))
	}
}

// with changes one place of a good challenge.
func with(change func(b []byte) []byte) []byte {
	spec := hostSpec()
	spec.Flags = DefaultHostFlags
	return change(BuildChallenge(spec))
}

func put16(at int, v uint16) func([]byte) []byte {
	return func(b []byte) []byte { binary.LittleEndian.PutUint16(b[at:], v); return b }
}

func put32(at int, v uint32) func([]byte) []byte {
	return func(b []byte) []byte { binary.LittleEndian.PutUint32(b[at:], v); return b }
}

// infoOf replaces the target information.
func infoOf(info ...byte) func([]byte) []byte {
	return func(b []byte) []byte {
		binary.LittleEndian.PutUint16(b[40:], uint16(len(info)))
		binary.LittleEndian.PutUint32(b[44:], uint32(len(b)))
		return append(b, info...)
	}
}

func TestParseChallengeRefuses(t *testing.T) {
	end := []byte{0, 0, 0, 0}
	many := []byte{}
	for id := range byte(maxPairs + 1) {
		many = append(many, id+20, 0, 0, 0)
	}
	for name, change := range map[string]func([]byte) []byte{
		"empty":               func([]byte) []byte { return nil },
		"header cut":          func(b []byte) []byte { return b[:47] },
		"version cut":         func(b []byte) []byte { return infoAway(b)[:50] },
		"not NTLMSSP":         func(b []byte) []byte { b[0] = 'n'; return b },
		"other type":          put32(8, 3),
		"too large":           func(b []byte) []byte { return append(b, make([]byte, maxToken)...) },
		"name outside":        put32(16, 1<<30),
		"name before payload": put32(16, 40),
		"offset overflows":    put32(44, 0xFFFFFFF0),
		"info too long":       put16(40, 0xFFFF),
		"odd name":            put16(12, 3),
		"long name":           infoOf(append(append([]byte{1, 0, 2, 4}, make([]byte, 1026)...), end...)...),
		"no closing pair":     infoOf(1, 0, 2, 0, 'A', 0),
		"pair too long":       infoOf(append([]byte{1, 0, 200, 0}, end...)...),
		"half a pair":         infoOf(1, 0, 0),
		"closing pair filled": infoOf(0, 0, 2, 0, 1, 1),
		"bytes behind":        infoOf(append(end, 7)...),
		"pair twice":          infoOf(append([]byte{1, 0, 0, 0, 1, 0, 0, 0}, end...)...),
		"odd pair":            infoOf(append([]byte{2, 0, 1, 0, 'A'}, end...)...),
		"short timestamp":     infoOf(append([]byte{7, 0, 2, 0, 1, 1}, end...)...),
		"absurd timestamp":    infoOf(append([]byte{7, 0, 8, 0, 255, 255, 255, 255, 255, 255, 255, 255}, end...)...),
		"short flags":         infoOf(append([]byte{6, 0, 0, 0}, end...)...),
		"short bindings":      infoOf(append([]byte{10, 0, 1, 0, 9}, end...)...),
		"too many pairs":      infoOf(append(many, end...)...),
	} {
		if c, err := ParseChallenge(with(change)); err == nil {
			t.Errorf("%s: read as %+v", name, c)
		} else if !strings.HasPrefix(err.Error(), "challenge message: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func infoAway(b []byte) []byte {
	b = put16(12, 0)(b)
	return put16(40, 0)(b)
}

// Older hosts end the header before the version, and send no target information.
func TestChallengeWithoutVersionAndInfo(t *testing.T) {
	b := put32(20, FlagUnicode|FlagSign)(infoAway(with(put16(12, 0))))[:48]
	got, err := ParseChallenge(b)
	if err != nil || got.TargetInfo != nil || got.Major != 0 || got.Flags != FlagUnicode|FlagSign {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFiletime(t *testing.T) {
	for _, at := range []time.Time{
		atEpoch(), time.Unix(0, 0).UTC(), time.Date(2026, 3, 4, 5, 6, 7, 891011100, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		got, err := fromFiletime(filetime(at))
		if err != nil || !got.Equal(at) {
			t.Errorf("%v became %v, %v", at, got, err)
		}
	}
	if got := filetime(time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)); binary.LittleEndian.Uint64(got) != 0 {
		t.Errorf("before 1601: %x", got)
	}
	// MS-DTYP 2.3.3 counts from 1601-01-01; 116444736000000000 ticks later is 1970-01-01.
	if got := binary.LittleEndian.Uint64(filetime(time.Unix(0, 0))); got != 116444736000000000 {
		t.Errorf("1970 is %d", got)
	}
}

func FuzzParseChallenge(f *testing.F) {
	f.Add(unhex(f, specChallenge))
	f.Add(with(func(b []byte) []byte { return b }))
	f.Add(with(put32(44, 0xFFFFFFF0)))
	f.Add(with(infoOf(6, 0, 0, 0, 0, 0, 0, 0)))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseChallenge(b)
		if err != nil {
			return
		}
		if _, err := c.Timestamp.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
		i, err := NewInitiator(Options{Form: Raw, Account: alice(), Target: "HTTP/x", Bindings: []byte("b")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := i.Challenge(b); err != nil {
			t.Fatalf("parsed, but the initiator says %v", err)
		}
		if token, err := i.Finish(); err == nil {
			if _, err := ParseAuthenticate(token); err != nil {
				t.Fatalf("our own answer: %v", err)
			}
		}
	})
}
