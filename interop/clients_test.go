package interop

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"
)

// labHost is how to reach a host that `pstest lab SCENARIO --json` serves.
type labHost struct {
	Host      string `json:"host"`
	HTTPPort  int    `json:"httpPort"`
	HTTPSPort int    `json:"httpsPort"`
	User      string `json:"user"`
	Password  string `json:"password"`
	CA        string `json:"ca"`
}

// serveLab runs a scenario of the lab until the test ends.
func serveLab(t *testing.T, scenario string) labHost {
	t.Helper()
	cmd := exec.Command(binary(t), "lab", scenario, "--json")
	cmd.Env = environment()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said syncBuffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		time.AfterFunc(5*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
	})
	first := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdout).ReadString('\n')
		first <- line
	}()
	var h labHost
	select {
	case line := <-first:
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			t.Fatalf("lab said %q: %v\n%s", line, err, said.String())
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("lab said nothing\n%s", said.String())
	}
	return h
}

// answer is the one line that a client program prints.
type answer struct {
	Client, Route string
	OK            bool
	Output, Error string
}

// python is the one that has the clients.
func python() string {
	if p := os.Getenv("PSTEST_PYTHON"); p != "" {
		return p
	}
	return "python3"
}

// ask runs a client program against a host.
func ask(t *testing.T, h labHost, program, route string) answer {
	t.Helper()
	stdout, stderr, _ := output(t, 60*time.Second, nil, python(), "clients/"+program, "--route", route, "--host", h.Host,
		"--http-port", strconv.Itoa(h.HTTPPort), "--https-port", strconv.Itoa(h.HTTPSPort), "--user", h.User,
		"--password-file", passwordFile(t, h.Password), "--ca", h.CA)
	var a answer
	if err := json.Unmarshal([]byte(stdout), &a); err != nil {
		t.Fatalf("%s printed %q: %v\n%s", program, stdout, err, stderr)
	}
	return a
}

func needsClients(t *testing.T) {
	t.Helper()
	needs(t, python())
	if _, stderr, status := output(t, 30*time.Second, nil, python(), "-c", "import winrm, pypsrp"); status != 0 {
		missing(t, "pywinrm or pypsrp is not installed: %s", lastLine(stderr))
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// TestClientsAgainstLab: real clients find the host that they were made for.
func TestClientsAgainstLab(t *testing.T) {
	needsClients(t)
	needs(t, "curl")
	needsNTLM(t)
	h := serveLab(t, "healthy")
	const shell, identify, handshake = "", "IdentifyResponse", "200"
	for _, row := range []struct{ program, route, output string }{
		{"pywinrm_client.py", "negotiate-http", shell},
		{"pywinrm_client.py", "basic-https", shell},
		{"pywinrm_client.py", "negotiate-https", shell},
		{"pypsrp_client.py", "negotiate-http", shell},
		{"pypsrp_client.py", "ntlm-http", shell},
		{"pypsrp_client.py", "basic-https", shell},
		{"pypsrp_client.py", "negotiate-https", shell},
		{"pypsrp_client.py", "ntlm-https", shell},
		{"pypsrp_client.py", "identify-http", identify},
		{"pypsrp_client.py", "identify-ntlm-http", identify},
		{"pypsrp_client.py", "identify-https", identify},
		{"curl_client.py", "identify", identify},
		{"curl_client.py", "basic-https", identify},
		{"curl_client.py", "negotiate-https", identify},
		{"curl_client.py", "negotiate-http-empty", handshake},
	} {
		t.Run(row.program+" "+row.route, func(t *testing.T) {
			t.Parallel()
			a := ask(t, h, row.program, row.route)
			if !a.OK || strings.TrimSpace(a.Output) == "" || !strings.Contains(a.Output, row.output) {
				t.Errorf("%+v", a)
			}
		})
	}
}

// TestClientsAreRefused: a wrong password gets nobody in.
func TestClientsAreRefused(t *testing.T) {
	needsClients(t)
	needs(t, "curl")
	h := serveLab(t, "healthy")
	h.Password = "not-the-one"
	for program, route := range map[string]string{
		"pywinrm_client.py": "negotiate-http", "pypsrp_client.py": "negotiate-https", "curl_client.py": "basic-https",
	} {
		if a := ask(t, h, program, route); a.OK {
			t.Errorf("%s got in over %s with a wrong password: %+v", program, route, a)
		}
	}
}

// TestMasterzenAgainstLab: the Go client's own sealing, as Terraform and Packer would use it.
func TestMasterzenAgainstLab(t *testing.T) {
	needs(t)
	h := serveLab(t, "healthy")
	encryption, err := winrm.NewEncryption("ntlm")
	if err != nil {
		t.Fatal(err)
	}
	parameters := winrm.NewParameters("PT20S", "en-US", 153600)
	parameters.TransportDecorator = func() winrm.Transporter { return encryption }
	endpoint := winrm.NewEndpoint(h.Host, h.HTTPPort, false, false, nil, nil, nil, 20*time.Second)
	client, err := winrm.NewClientWithParameters(endpoint, h.User, h.Password, parameters)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	stdout, stderr, status, err := client.RunCmdWithContext(ctx, "hostname")
	if err != nil || status != 0 || strings.TrimSpace(stdout) == "" {
		t.Errorf("status %d, output %q, error output %q: %v", status, stdout, stderr, err)
	}
}
