package lab

import (
	"fmt"
	"strings"
)

// script is what the host's command line makes of a line: a handful of commands with fixed output.
func (c Config) script(line, user string) command {
	words := strings.Fields(strings.ReplaceAll(line, `"`, ""))
	if len(words) > 2 && isCmd(words[0]) && strings.EqualFold(words[1], "/c") {
		words = words[2:]
	}
	if len(words) == 0 {
		return command{}
	}
	name, rest := words[0], strings.Join(words[1:], " ")
	switch strings.TrimSuffix(strings.ToLower(name), ".exe") {
	case "hostname":
		return command{out: c.Machine.NetBIOSComputer + "\r\n"}
	case "whoami":
		return command{out: strings.ToLower(c.owner()+`\`+user) + "\r\n"}
	case "echo":
		return command{out: rest + "\r\n"}
	case "ver":
		m := c.Machine
		return command{out: fmt.Sprintf("\r\nMicrosoft Windows [Version %d.%d.%d]\r\n", m.Major, m.Minor, m.Build)}
	case "ipconfig":
		return command{out: "\r\nWindows IP Configuration\r\n\r\n   IPv4 Address. . . . . . . . . . . : 192.0.2.10\r\n"}
	case "exit":
		n := 0
		_, _ = fmt.Sscan(rest, &n) // no number: 0, as cmd has it
		return command{exit: n}
	}
	return command{exit: 1, err: "'" + name + "' is not recognized as an internal or external command,\r\n" +
		"operable program or batch file.\r\n"}
}

func isCmd(word string) bool {
	return strings.EqualFold(word, "cmd") || strings.EqualFold(word, "cmd.exe")
}

// owner is who keeps the account: the machine, or its domain.
func (c Config) owner() string {
	if c.Account.Domain {
		return c.Machine.NetBIOSDomain
	}
	return c.Machine.NetBIOSComputer
}
