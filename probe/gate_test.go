package probe

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"pstest/negotiate"
)

func gated(guard Guard) *gate {
	account, _ := ParseAccount("alice", negotiate.NewSecret("x"))
	return newGate(&run{env: Env{Guard: guard}, req: Request{Account: account, Target: Target{Host: "h", Route: RouteAny}}})
}

// ended is an attempt that sent its credential.
func ended(o Outcome) Observed[Authentication] {
	return See(Authentication{Outcome: o, Sent: SentNTLM})
}

// TestGateDoubt: an attempt that proves nothing may have cost a logon, so
// nothing follows it, and the guard hears of it.
func TestGateDoubt(t *testing.T) {
	for _, o := range []Outcome{NoAnswer, OtherStatus, Empty500, Unproven, Faulted, Rejected} {
		guard := &noGuard{open: true}
		g := gated(guard)
		if why := g.enter(t.Context(), PathHTTPNegotiate); why != "" {
			t.Fatal(why)
		}
		g.leave(PathHTTPNegotiate, ended(o))
		if why := g.enter(t.Context(), PathHTTPSNegotiate); !strings.HasPrefix(why, "withheld") {
			t.Errorf("%s: a second credential left: %q", o, why)
		}
		if len(guard.told) != 1 || guard.told[0] != o {
			t.Errorf("%s: the guard was told %v", o, guard.told)
		}
	}
}

// TestGateOneRejection: steps that wait behind one that gets rejected are never let through.
func TestGateOneRejection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gated(nil)
		if why := g.enter(t.Context(), PathHTTPNegotiate); why != "" {
			t.Fatal(why)
		}
		basic := make(chan string, 2)
		for _, p := range []Path{PathHTTPSNegotiate, PathHTTPSBasic} {
			go func() { basic <- g.enter(t.Context(), p) }()
		}
		synctest.Wait()
		if len(basic) != 0 {
			t.Fatal("a second credential left while the first was under way")
		}
		g.leave(PathHTTPNegotiate, ended(Rejected))
		for range 2 {
			if why := <-basic; !strings.Contains(why, "rejected") {
				t.Errorf("let through behind a rejection: %q", why)
			}
		}
	})
}

// TestGateAccepted: once the account is accepted the others go side by side.
func TestGateAccepted(t *testing.T) {
	g := gated(nil)
	_ = g.enter(t.Context(), PathHTTPNegotiate)
	g.leave(PathHTTPNegotiate, ended(Accepted))
	for _, p := range []Path{PathHTTPSBasic, PathHTTPSNegotiate} {
		if why := g.enter(t.Context(), p); why != "" {
			t.Errorf("%s: %s", p, why)
		}
	}
}

// TestGateGivenUp: a step that never sends frees those behind it.
func TestGateGivenUp(t *testing.T) {
	g := gated(nil)
	g.skip(PathHTTPNegotiate)
	g.skip(PathHTTPSNegotiate)
	if why := g.enter(t.Context(), PathHTTPSBasic); why != "" {
		t.Error(why)
	}
}

func TestGateEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if why := gated(nil).enter(ctx, PathHTTPSBasic); why == "" {
		t.Error("let through although its turn never came")
	}
}

type noGuard struct {
	open bool
	told []Outcome
}

func (g *noGuard) May(string, string) (bool, string)  { return g.open, "two hosts rejected it" }
func (g *noGuard) Tell(_ string, _ string, o Outcome) { g.told = append(g.told, o) }

func TestGateAsksTheGuard(t *testing.T) {
	guard := &noGuard{}
	g := gated(guard)
	if why := g.enter(t.Context(), PathHTTPNegotiate); !strings.Contains(why, "two hosts rejected it") {
		t.Errorf("the guard was not asked: %q", why)
	}
	g.leave(PathHTTPNegotiate, ended(Rejected))
	if len(guard.told) != 1 {
		t.Errorf("the guard was told %v", guard.told)
	}
}
