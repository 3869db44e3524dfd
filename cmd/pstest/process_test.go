package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pstest/lab"
)

// process builds the program as it is released and returns its path.
func process(b testing.TB) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "pstest")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// served is a lab host on loopback ports with its files for a client.
type served struct {
	*lab.Host
	ca, password string
}

func serve(b testing.TB, scenario string) served {
	b.Helper()
	s, ok := lab.Find(scenario)
	if !ok {
		b.Fatalf("no scenario %q", scenario)
	}
	h, err := lab.Start(b.Context(), s, lab.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(h.Close)
	dir := b.TempDir()
	out := served{Host: h, ca: filepath.Join(dir, "ca.pem"), password: filepath.Join(dir, "password")}
	for name, data := range map[string][]byte{out.ca: h.CAPEM, out.password: []byte(h.Password)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return out
}

func (s served) check(bin string, more ...string) *exec.Cmd {
	args := []string{"check", "127.0.0.1", "--port-http", strconv.Itoa(s.HTTPPort), "--port-https", strconv.Itoa(s.HTTPSPort),
		"-u", s.User, "--password-file", s.password, "--cacert", s.ca}
	return exec.Command(bin, append(args, more...)...)
}

// watched is what a process that ended had used: CPU time in milliseconds, peak
// memory in MiB (0 where the system does not tell), and its output.
type watched struct {
	cpu, peak float64
	out       []byte
}

// watch runs a process to its end. The peak is VmHWM, read while it runs: what
// wait4 reports counts the memory of the parent that it was forked from.
func watch(t testing.TB, cmd *exec.Cmd) watched {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	var w watched
	for {
		w.peak = max(w.peak, highWater(cmd.Process.Pid, cmd.Path))
		select {
		case <-done:
			w.cpu = float64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()) / 1e6
			w.out = out.Bytes()
			return w
		case <-time.After(time.Millisecond):
		}
	}
}

// highWater is VmHWM of a process in MiB, 0 where it can't be read or where the
// process is not yet the program that it is to be.
func highWater(pid int, program string) float64 {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	if exe, err := os.Readlink(filepath.Join(dir, "exe")); err != nil || exe != program {
		return 0
	}
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kib / 1024
		}
	}
	return 0
}

// TestHostileProcess: no answer of a host takes the program beyond 64 MiB or
// its deadline, puts a control character into its output, or makes it say that
// the bug is its own.
func TestHostileProcess(t *testing.T) {
	bin := process(t)
	for _, s := range lab.Scenarios() {
		if s.Group != lab.Hostile {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			cmd := serve(t, s.Name).check(bin, "--timeout", "6s")
			start := time.Now()
			w := watch(t, cmd)
			out := w.out
			if took := time.Since(start); took > 9*time.Second {
				t.Errorf("took %v of 6 s", took)
			}
			if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 && code != 3 {
				t.Errorf("status %d\n%s", code, out)
			}
			if w.peak > 64 {
				t.Errorf("%.0f MiB", w.peak)
			}
			if bad := bytes.IndexFunc(out, func(r rune) bool { return r < 0x20 && r != '\n' || r == 0x7f || r == 0x202e }); bad >= 0 {
				t.Errorf("a control character at %d of %q", bad, out)
			}
		})
	}
}

// BenchmarkProcess reports what one check costs as a process: CPU, peak memory,
// and its CPU over that of the three curl calls that ask the same.
func BenchmarkProcess(b *testing.B) {
	bin, host := process(b), serve(b, "healthy")
	var cpu, peak, curl float64
	n := 0
	for b.Loop() {
		cmd := host.check(bin)
		w := watch(b, cmd)
		if !cmd.ProcessState.Success() {
			b.Fatalf("%v\n%s", cmd.ProcessState, w.out)
		}
		cpu, peak, n = cpu+w.cpu, max(peak, w.peak), n+1
		curl += curls(b, host)
	}
	b.ReportMetric(cpu/float64(n), "cpu-ms")
	b.ReportMetric(peak, "peak-MiB")
	if curl > 0 {
		b.ReportMetric(cpu/curl, "cpu/curl")
	}
}

// curls asks Identify without credentials, with NTLM over TLS (Negotiate by way
// of gss-ntlmssp, which reads its account from a file), and with Basic over TLS.
// It returns the CPU time of the three; 0 where curl can't do all of them.
func curls(b *testing.B, h served) float64 {
	path, err := exec.LookPath("curl")
	if err != nil {
		return 0
	}
	envelope := `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>`
	plain := "http://127.0.0.1:" + strconv.Itoa(h.HTTPPort) + "/wsman"
	secure := "https://127.0.0.1:" + strconv.Itoa(h.HTTPSPort) + "/wsman"
	book := filepath.Join(b.TempDir(), "ntlm")
	if err := os.WriteFile(book, []byte("WIN01:"+h.User+":"+h.Password+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	total := 0.0
	for _, args := range [][]string{
		{"-H", "WSMANIDENTIFY: unauthenticated", plain},
		{"--negotiate", "-u", ":", secure},
		{"--basic", "-u", h.User + ":" + h.Password, secure},
	} {
		args = append([]string{"-sSf", "-o", os.DevNull, "--noproxy", "*", "--cacert", h.ca, "-H", "Content-Type: application/soap+xml;charset=UTF-8", "-d", envelope}, args...)
		cmd := exec.Command(path, args...)
		cmd.Env = append(os.Environ(), "NTLM_USER_FILE="+book)
		if cmd.Run() != nil {
			return 0
		}
		total += float64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()) / 1e6
	}
	return total
}

// BenchmarkFirstPacket reports the time from the start of the process to its first connection.
func BenchmarkFirstPacket(b *testing.B) {
	bin := process(b)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	best := time.Hour
	for b.Loop() {
		cmd := exec.Command(bin, "check", "http://127.0.0.1:"+port, "--timeout", "1s")
		cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
		start := time.Now()
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		c, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(start))
		c.Close()
		drain(l, cmd)
	}
	b.ReportMetric(float64(best.Microseconds())/1000, "first-packet-ms")
}

// drain closes the further connections of a process until it ends.
func drain(l net.Listener, cmd *exec.Cmd) {
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	for {
		select {
		case <-done:
			return
		default:
		}
		_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Millisecond))
		if c, err := l.Accept(); err == nil {
			c.Close()
		}
		_ = l.(*net.TCPListener).SetDeadline(time.Time{})
	}
}
