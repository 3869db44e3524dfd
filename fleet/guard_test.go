package fleet

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"pstest/probe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// requests makes n requests for hosts h0, h1, ... with one account.
func requests(n int) []probe.Request {
	out := make([]probe.Request, n)
	for i := range out {
		host := fmt.Sprintf("h%d", i)
		out[i].Target = probe.Target{Asked: host, Host: host, PortHTTP: 5985, PortHTTPS: 5986}
		out[i].Account = probe.Account{Asked: `CORP\alice`, Form: probe.FormDownLevel}
	}
	return out
}

// attempts is a fake run that asks the guard, tells it an outcome and counts
// what it was let through for.
type attempts struct {
	outcome func(host string) probe.Outcome
	takes   time.Duration
	facts   func(*probe.Facts) // what the run finds out; nil: nothing
	mu      sync.Mutex
	let     []string
}

func (a *attempts) run(_ context.Context, r probe.Request, e probe.Env) *probe.Facts {
	f := &probe.Facts{Target: r.Target}
	ok, why := e.Guard.May(r.Account.Asked, r.Target.Host)
	if !ok {
		f.HTTPS.Basic = probe.Skip[probe.Authentication](why)
		return f
	}
	a.mu.Lock()
	a.let = append(a.let, r.Target.Host)
	a.mu.Unlock()
	time.Sleep(a.takes)
	if o := a.outcome(r.Target.Host); o != "" {
		e.Guard.Tell(r.Account.Asked, r.Target.Host, o)
	}
	return f
}

func collect(ctx context.Context, n int, o Options) []*probe.Facts {
	var got []*probe.Facts
	Check(ctx, requests(n), o, func(i int, f *probe.Facts) {
		if i != len(got) {
			panic(fmt.Sprintf("result %d came as number %d", i, len(got)))
		}
		got = append(got, f)
	})
	return got
}

func TestRejectedAccountIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &attempts{takes: time.Second, outcome: func(string) probe.Outcome { return probe.Rejected }}
		got := collect(t.Context(), 40, Options{Width: 40, Run: a.run})
		if len(a.let) != enough {
			t.Errorf("%d hosts were asked, want %d: %v", len(a.let), enough, a.let)
		}
		withheld := 0
		for _, f := range got {
			if f.HTTPS.Basic.Why == "2 attempts with this account were rejected, or nothing proved that they were accepted, and further ones could lock it" {
				withheld++
			}
		}
		if withheld != 38 {
			t.Errorf("%d hosts say that it was withheld, want 38", withheld)
		}
	})
}

func TestSilentAttemptsFreeTheirPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &attempts{takes: 100 * time.Millisecond, outcome: func(string) probe.Outcome { return "" }}
		collect(t.Context(), 20, Options{Width: 20, Run: a.run})
		if len(a.let) != 20 {
			t.Errorf("%d hosts were asked, want 20: no host rejected the account", len(a.let))
		}
	})
}

func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &attempts{takes: time.Minute, outcome: func(string) probe.Outcome { return "" }}
		got := collect(t.Context(), 3, Options{Width: 3, Run: a.run})
		withheld := 0
		for _, f := range got {
			if f.HTTPS.Basic.Why == "attempts with this account that were under way had not ended yet, and no more than 2 may" {
				withheld++
			}
		}
		if withheld != 1 {
			t.Errorf("%d hosts gave up waiting, want 1", withheld)
		}
	})
}

func TestAccountsAreToldApart(t *testing.T) {
	g := newGuard()
	for _, host := range []string{"a", "b"} {
		p := newPlace(probe.Target{Asked: host, Host: host})
		if ok, _, _ := g.ask(`CORP\Alice`, p); !ok {
			t.Fatalf("%s: not let through", host)
		}
		g.tell(`CORP\alice`, p, probe.Rejected)
		g.leave(p, false)
	}
	third := newPlace(probe.Target{Asked: "c", Host: "c"})
	if ok, _, _ := g.ask(`corp\ALICE`, third); ok {
		t.Error("the same account in another case was let through")
	}
	if ok, _, _ := g.ask(`CORP\bob`, third); !ok {
		t.Error("another account was withheld")
	}
}

func TestWidthBounds(t *testing.T) {
	var now, most atomic.Int32
	run := func(context.Context, probe.Request, probe.Env) *probe.Facts {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
		return &probe.Facts{}
	}
	if got := collect(t.Context(), 30, Options{Width: 4, Run: run}); len(got) != 30 {
		t.Errorf("%d results, want 30", len(got))
	}
	if most.Load() > 4 {
		t.Errorf("%d hosts at once, want at most 4", most.Load())
	}
}

func TestResultsComeAsTheyAreReady(t *testing.T) {
	first := make(chan struct{})
	run := func(_ context.Context, r probe.Request, _ probe.Env) *probe.Facts {
		if r.Target.Host == "h1" {
			<-first // only ends once the first result was handed over
		}
		return &probe.Facts{}
	}
	Check(t.Context(), requests(2), Options{Run: run}, func(i int, _ *probe.Facts) {
		if i == 0 {
			close(first)
		}
	})
}

func TestCancelGivesWhatWasFound(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	run := func(ctx context.Context, r probe.Request, _ probe.Env) *probe.Facts {
		if r.Target.Host == "h0" {
			cancel()
		}
		<-ctx.Done()
		return &probe.Facts{Target: r.Target, Stopped: "interrupted"}
	}
	got := collect(ctx, 5, Options{Width: 1, Run: run})
	for i, f := range got {
		if f.Stopped != "interrupted" || f.Target.Host != fmt.Sprintf("h%d", i) {
			t.Errorf("result %d: %+v", i, f)
		}
	}
	if len(got) != 5 {
		t.Errorf("%d results, want 5", len(got))
	}
}

func TestCancelEndsWaitingForTheGuard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		a := &attempts{takes: 3 * time.Second, outcome: func(string) probe.Outcome { return "" }}
		got := collect(ctx, 3, Options{Width: 3, Run: a.run})
		withheld := 0
		for _, f := range got {
			if f.HTTPS.Basic.Why == "interrupted" {
				withheld++
			}
		}
		if withheld != 1 {
			t.Errorf("%d hosts say interrupted, want 1", withheld)
		}
	})
}

func TestPanicComesOut(t *testing.T) {
	defer func() {
		p, ok := recover().(Panic)
		if !ok || p.Value != "broken" || !strings.Contains(string(p.Stack), "TestPanicComesOut") {
			t.Errorf("recovered %v, want the run's panic with its stack", p.Value)
		}
	}()
	collect(t.Context(), 3, Options{Run: func(_ context.Context, r probe.Request, _ probe.Env) *probe.Facts {
		if r.Target.Host == "h1" {
			panic("broken")
		}
		return &probe.Facts{}
	}})
	t.Error("Check returned")
}
