package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	user     = "alice"
	password = "Interop-S3cret!9f2c"
	domain   = "INTEROP" // what the NTLM acceptors call theirs
)

// workDir is where the binary under test and shared certificates live; it goes
// when the tests end.
var workDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pstest-interop-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	workDir = dir
	// Servers live in /usr/sbin, which is not on everybody's path.
	os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// pstest builds the program once and returns its path; PSTEST_INTEROP_BINARY
// names one that is to be tested as it is.
var pstest = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("PSTEST_INTEROP_BINARY"); path != "" {
		return path, nil
	}
	path := filepath.Join(workDir, "pstest")
	args := append([]string{"build", "-o", path}, buildFlags...)
	said, err := exec.Command("go", append(args, "pstest/cmd/pstest")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, said)
	}
	return path, nil
})

func binary(t *testing.T) string {
	t.Helper()
	path, err := pstest()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// certificates makes every certificate once and returns their folder.
var certificates = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(workDir, "certs")
	said, err := exec.Command("bash", "servers/certs.sh", dir).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("certs.sh: %w\n%s", err, said)
	}
	return dir, nil
})

// needs skips the test where a program of the list is not installed, with the
// reason; it fails where the environment requires the interop tests.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	if os.Getenv("PSTEST_INTEROP") == "off" {
		t.Skip("PSTEST_INTEROP=off")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			missing(t, "%s is not installed", p)
		}
	}
}

func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("PSTEST_REQUIRE_INTEROP") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// needsNTLM: the NTLM mechanism of GSSAPI, and the Python module over it.
func needsNTLM(t *testing.T) {
	t.Helper()
	if found, _ := filepath.Glob("/etc/gss/mech.d/*ntlmssp*"); len(found) == 0 {
		missing(t, "gss-ntlmssp is not installed")
	}
}

// server is one process of ours.
type server struct {
	log *syncBuffer
	cmd *exec.Cmd
	end chan error
}

// syncBuffer keeps what a server said; safe for a reader beside the writer.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// folder makes a folder for servers with the certificates in certs/, readable
// by the account that a server may change to.
func folder(t *testing.T) string {
	t.Helper()
	made, err := certificates()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(workDir, "server-")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{workDir, dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(made, filepath.Join(dir, "certs")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start runs a server until the test ends and waits until every port accepts.
func start(t *testing.T, ports []int, argv ...string) *server {
	t.Helper()
	s := &server{log: &syncBuffer{}, cmd: exec.Command(argv[0], argv[1:]...), end: make(chan error, 1)}
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.Env = environment()
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.end <- s.cmd.Wait() }()
	t.Cleanup(s.stop)
	for _, port := range ports {
		s.await(t, port)
	}
	return s
}

// await waits until the loopback port accepts, or the server has ended.
func (s *server) await(t *testing.T, port int) {
	t.Helper()
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-s.end:
			s.end <- err
			t.Fatalf("%v ended: %v\n%s", s.cmd.Args, err, s.log)
		default:
		}
	}
	t.Fatalf("%v does not listen on port %d\n%s", s.cmd.Args, port, s.log)
}

// stop ends the process by its id, and what it started by its group.
func (s *server) stop() {
	pid := s.cmd.Process.Pid
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.end:
	case <-time.After(5 * time.Second):
		s.cmd.Process.Kill()
		<-s.end
	}
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		fmt.Fprintf(os.Stderr, "end the group of %d: %v\n", pid, err)
	}
}

// freePorts finds n loopback ports that nobody holds at this moment.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// environment is ours without what would decide trust, proxies or accounts.
func environment(more ...string) []string {
	var kept []string
	for _, line := range os.Environ() {
		name, _, _ := strings.Cut(line, "=")
		switch strings.ToUpper(name) {
		case "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
			"NO_PROXY", "NTLM_USER_FILE", "PSTEST_PASSWORD", "OPENSSL_CONF":
		default:
			kept = append(kept, line)
		}
	}
	return append(kept, more...)
}

// output runs a program to its end and returns what it printed and its status;
// -1 is a program that did not end in time or could not be started.
func output(t *testing.T, limit time.Duration, env []string, argv ...string) (stdout, stderr string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = environment(env...), &out, &errs
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatalf("%v: %v", argv, err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}
