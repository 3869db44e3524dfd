package negotiate

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// fipsChild tells the re-executed test binary what it is for.
const fipsChild = "PSTEST_NEGOTIATE_FIPS_CHILD"

func TestAvailable(t *testing.T) {
	if os.Getenv(fipsChild) != "" {
		t.Skip("only in the parent")
	}
	if err := Available(); err != nil {
		t.Fatalf("in a plain process: %v", err)
	}
	for mode, want := range map[string]string{"fips140=only": "impossible", "fips140=on": "possible"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFIPSChild$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG="+mode, fipsChild+"="+want)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestFIPSChild") {
			t.Errorf("%s: %v\n%s", mode, err, out)
		}
	}
}

// TestFIPSChild runs in a process of its own: where NTLM is forbidden, each way in says so, and none panics.
func TestFIPSChild(t *testing.T) {
	switch os.Getenv(fipsChild) {
	case "":
		t.Skip("only in the child")
	case "possible":
		i, a := newPair(t, Options{Account: alice()}, AcceptorOptions{Challenge: hostSpec()})
		if err := shake(t, i, a); err != nil {
			t.Fatal(err)
		}
		return
	}
	for name, call := range map[string]func() error{
		"Available":    Available,
		"initiator":    func() error { _, err := NewInitiator(Options{}); return err },
		"acceptor":     func() error { _, err := NewAcceptor(AcceptorOptions{}); return err },
		"client":       func() error { _, err := NewClientSession(make([]byte, 16), sessionFlags); return err },
		"host":         func() error { _, err := NewHostSession(make([]byte, 16), sessionFlags); return err },
		"NTOWFv2":      func() error { _, err := NTOWFv2("u", "d", NewSecret("p")); return err },
		"NTProof":      func() error { _, err := NTProof(nil, [8]byte{}, nil); return err },
		"base key":     func() error { _, err := SessionBaseKey(nil, nil); return err },
		"BindingsHash": func() error { _, err := BindingsHash([]byte("x")); return err },
		"unsealed":     func() error { _, err := UnsealedType3(BuildChallenge(hostSpec()), alice()); return err },
	} {
		if err := call(); !errors.Is(err, ErrFIPS) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseChallenge(BuildChallenge(hostSpec())); err != nil || UnsealedType1() == nil {
		t.Errorf("what needs no cryptography fails: %v", err)
	}
}
