package probe_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"pstest/lab"
	"pstest/probe"
)

// TestPanicReachesTheCaller: a bug in one of the steps ends Run with a Bug, in
// the goroutine of the caller, who can recover it.
func TestPanicReachesTheCaller(t *testing.T) {
	defer func() {
		bug, ok := recover().(*probe.Bug)
		if !ok || bug.String() != "a bug" || !strings.Contains(string(bug.Stack), "TestPanicReachesTheCaller") {
			t.Errorf("recovered %+v", bug)
		}
	}()
	env := environment(&lab.Network{})
	env.Dial = func(context.Context, string, string) (net.Conn, error) { panic("a bug") }
	target, err := probe.ParseTarget("192.0.2.1", probe.TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	probe.Run(t.Context(), probe.Request{Target: target}, env)
	t.Error("no panic")
}
