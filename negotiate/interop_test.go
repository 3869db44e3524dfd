package negotiate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// peer is pyspnego and pypsrp in a process of their own, an implementation that no one here wrote. PSTEST_PYTHON names
// the interpreter (python3 when unset). Where it or the packages are missing the test is skipped, or fails if
// PSTEST_REQUIRE_INTEROP is set.
type peer struct {
	in  io.Writer
	out *bufio.Reader
}

type setup struct {
	Role     string `json:"role"`
	Protocol string `json:"protocol"`
	User     string `json:"user"`
	Password string `json:"password"`
	Bindings []byte `json:"bindings"`
}

type command struct {
	Verb  string `json:"verb"`
	Token []byte `json:"token,omitempty"`
	Data  []byte `json:"data,omitempty"`
}

type reply struct {
	Token     []byte `json:"token"`
	Data      []byte `json:"data"`
	Header    string `json:"header"`
	Complete  bool   `json:"complete"`
	Principal string `json:"principal"`
	Error     string `json:"error"`
}

// python returns the interpreter, or ends the test.
func python(t *testing.T) string {
	t.Helper()
	name := os.Getenv("PSTEST_PYTHON")
	if name == "" {
		name = "python3"
	}
	out, err := exec.Command(name, "-c", "import spnego, pypsrp").CombinedOutput()
	switch {
	case err == nil:
	case os.Getenv("PSTEST_REQUIRE_INTEROP") != "":
		t.Fatalf("%s with pyspnego and pypsrp: %v\n%s", name, err, out)
	default:
		t.Skipf("%s with pyspnego and pypsrp: %v", name, err)
	}
	return name
}

func startPeer(t *testing.T, s setup) *peer {
	t.Helper()
	cmd := exec.Command(python(t), filepath.Join("testdata", "spnego_peer.py"))
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("CORP:alice:"+interopPassword+"\n:alice@corp.example:"+interopPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), "NTLM_USER_FILE="+users, "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // the script ends with its input
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	p := &peer{in, bufio.NewReader(out)}
	p.send(t, s)
	return p
}

func (p *peer) send(t *testing.T, v any) {
	t.Helper()
	if err := json.NewEncoder(p.in).Encode(v); err != nil {
		t.Fatal(err)
	}
}

func (p *peer) do(t *testing.T, c command) reply {
	t.Helper()
	p.send(t, c)
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var r reply
	if err := json.Unmarshal(line, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// interopPassword has no colon, which would end it in pyspnego's file of users.
const interopPassword = "P\u00e4ss w\u00f6rd$1"

func protocolOf(f Form) string {
	if f == Raw {
		return "ntlm"
	}
	return "negotiate"
}

type interopCase struct {
	name     string
	form     Form
	account  Account
	bindings []byte
}

func interopCases() []interopCase {
	corp := Account{User: "alice", Domain: "CORP", Password: NewSecret(interopPassword)}
	upn := Account{User: "alice@corp.example", Password: NewSecret(interopPassword)}
	cb := []byte("tls-server-end-point:\x00\x01\x02binding")
	return []interopCase{
		{"raw", Raw, corp, nil}, {"spnego", SPNEGO, corp, nil}, {"raw with bindings", Raw, corp, cb},
		{"spnego with bindings", SPNEGO, corp, cb}, {"whole name", SPNEGO, upn, nil}, {"whole name raw", Raw, upn, cb},
	}
}

// Our client against pyspnego's host.
func TestInteropInitiator(t *testing.T) {
	for _, tc := range interopCases() {
		t.Run(tc.name, func(t *testing.T) {
			p := startPeer(t, setup{Role: "accept", Protocol: protocolOf(tc.form), Bindings: tc.bindings})
			i, err := NewInitiator(Options{Form: tc.form, Account: tc.account, Bindings: tc.bindings, Target: "HTTP/win01.corp.example"})
			if err != nil {
				t.Fatal(err)
			}
			end := initiateTo(t, p, i)
			if end.Error != "" || !end.Complete {
				t.Fatalf("the host says %+v", end)
			}
			if err := i.Confirm(end.Token); err != nil {
				t.Fatal(err)
			}
			if i.MutualMIC() != (tc.form == SPNEGO) || !strings.HasSuffix(strings.ToLower(end.Principal), tc.account.User) {
				t.Errorf("mutual MIC %v, principal %q", i.MutualMIC(), end.Principal)
			}
			p.converse(t, i.Session())
		})
	}
}

func initiateTo(t *testing.T, p *peer, i *Initiator) reply {
	t.Helper()
	r := p.do(t, command{Verb: "step", Token: i.Begin()})
	if r.Error != "" {
		t.Fatal(r.Error)
	}
	c, err := i.Challenge(r.Token)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Sealing() || c.Timestamp.IsZero() {
		t.Fatalf("challenge %+v", c)
	}
	token, err := i.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return p.do(t, command{Verb: "step", Token: token})
}

// What pyspnego's host must refuse of us: a wrong password, and bindings of another channel.
func TestInteropInitiatorRefused(t *testing.T) {
	wrong := Account{User: "alice", Domain: "CORP", Password: NewSecret("wrong")}
	for name, o := range map[string]Options{
		"password": {Account: wrong, Bindings: []byte("here")},
		"bindings": {Account: interopCases()[0].account, Bindings: []byte("there")},
		"none":     {Account: interopCases()[0].account},
	} {
		p := startPeer(t, setup{Role: "accept", Protocol: "negotiate", Bindings: []byte("here")})
		i, err := NewInitiator(o)
		if err != nil {
			t.Fatal(err)
		}
		if end := initiateTo(t, p, i); end.Error == "" || end.Complete {
			t.Errorf("%s: %+v", name, end)
		}
	}
}

// pyspnego's client against our host.
func TestInteropAcceptor(t *testing.T) {
	for _, tc := range interopCases() {
		t.Run(tc.name, func(t *testing.T) {
			user := tc.account.User
			if tc.account.Domain != "" {
				user = tc.account.Domain + `\` + user
			}
			p := startPeer(t, setup{Role: "initiate", Protocol: protocolOf(tc.form), User: user, Password: interopPassword, Bindings: tc.bindings})
			a, err := NewAcceptor(AcceptorOptions{
				Challenge: hostSpec(), Password: func(string, string) (Secret, bool) { return NewSecret(interopPassword), true },
			})
			if err != nil {
				t.Fatal(err)
			}
			acceptFrom(t, p, a)
			l := a.Logon()
			want, err := BindingsHash(tc.bindings)
			if err != nil || !bytes.Equal(l.Bindings, want) || !l.MIC || l.MechListMIC != (tc.form == SPNEGO) {
				t.Errorf("read %+v", l)
			}
			if l.User != tc.account.User || l.Domain != tc.account.Domain || !strings.EqualFold(l.Target, "HTTP/win01.corp.example") {
				t.Errorf("read %+v", l)
			}
			p.converse(t, a.Session())
		})
	}
}

// acceptFrom steps both sides until ours is done, and lets the client read our last token.
func acceptFrom(t *testing.T, p *peer, a *Acceptor) {
	t.Helper()
	var answer []byte
	for range 4 {
		r := p.do(t, command{Verb: "step", Token: answer})
		if r.Error != "" {
			t.Fatal(r.Error)
		}
		var done bool
		var err error
		if answer, done, err = a.Step(r.Token); err != nil {
			t.Fatal(err)
		}
		if !done {
			continue
		}
		if answer != nil {
			r = p.do(t, command{Verb: "step", Token: answer})
		}
		if r.Error != "" || !r.Complete {
			t.Fatalf("the client says %+v", r)
		}
		return
	}
	t.Fatal("the handshake does not end")
}

// converse sends bodies both ways, several in a row one way too.
func (p *peer) converse(t *testing.T, s *Session) {
	t.Helper()
	for n := range 6 {
		text := []byte(strings.Repeat("<s:Envelope/>\r\n", n*n*50+1))
		if n%3 != 2 {
			_, body := SealMessage(s, soap, text)
			if r := p.do(t, command{Verb: "unwrap", Data: body}); r.Error != "" || !bytes.Equal(r.Data, text) {
				t.Fatalf("message %d to pypsrp: %s", n, r.Error)
			}
			continue
		}
		r := p.do(t, command{Verb: "wrap", Data: text})
		if r.Error != "" {
			t.Fatal(r.Error)
		}
		plain, inner, err := OpenMessage(s, r.Header, r.Data)
		if err != nil || inner != soap || !bytes.Equal(plain, text) {
			t.Fatalf("message %d from pypsrp: %q, %v", n, inner, err)
		}
	}
}
