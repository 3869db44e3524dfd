// Package fleet checks many hosts: it bounds how many at once, keeps the order
// of the results and guards the account, so that a wrong password can't lock it.
package fleet

import (
	"context"
	"runtime/debug"
	"time"

	"pstest/probe"
)

// DefaultWidth is how many hosts are looked at at once.
const DefaultWidth = 16

// Options say how a fleet is checked.
type Options struct {
	Env   probe.Env
	Width int // hosts at once; 0: DefaultWidth

	// Run looks at one host; nil: probe.Run.
	Run func(context.Context, probe.Request, probe.Env) *probe.Facts
}

// Check looks at every request and calls emit in the order of the requests,
// each as soon as it and all before it are there. Emit runs in the caller's
// goroutine. When ctx ends, hosts under way give what they found and hosts not
// begun say that they were stopped; emit is called for every request all the
// same. A panic below comes out of Check.
//
// A result that is there before one that comes before it waits in memory: while
// the first host takes its time, those of all others may. Facts are bounded, so
// that is at most their bound a request; no more than Width hosts are ever open.
func Check(ctx context.Context, requests []probe.Request, o Options, emit func(i int, f *probe.Facts)) {
	if o.Run == nil {
		o.Run = probe.Run
	}
	if o.Width <= 0 {
		o.Width = DefaultWidth
	}
	g := newGuard()
	slots := make(chan struct{}, o.Width)
	results := make([]chan result, len(requests))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	go func() {
		for i, r := range requests {
			slots <- struct{}{}
			go func() {
				results[i] <- one(ctx, r, o, g)
				<-slots
			}()
		}
	}()
	deliver(results, emit)
}

// deliver waits for all results, so that nothing outlives Check, even where a
// panic is to be passed on.
func deliver(results []chan result, emit func(int, *probe.Facts)) {
	var broken *Panic
	for i, c := range results {
		r := <-c
		if r.broken != nil && broken == nil {
			broken = r.broken
		}
		if broken == nil {
			emit(i, r.facts)
		}
	}
	if broken != nil {
		panic(*broken)
	}
}

type result struct {
	facts  *probe.Facts
	broken *Panic
}

// Panic is a panic that was carried from one goroutine to another.
type Panic struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func one(ctx context.Context, r probe.Request, o Options, g *guard) (res result) {
	timeout := r.Timeout
	if timeout <= 0 {
		timeout = probe.DefaultTimeout
	}
	own := &hostGuard{ctx: ctx, shared: g, place: newPlace(r.Target), patience: min(timeout/2, 10*time.Second)}
	defer func() { own.leave(res.facts) }()
	defer func() {
		if p := recover(); p != nil {
			res = result{broken: &Panic{p, debug.Stack()}}
		}
	}()
	o.Env.Guard = own
	if o.Env.Resolver != nil {
		o.Env.Resolver = watcher{o.Env.Resolver, own}
	}
	return result{facts: o.Run(ctx, r, o.Env)}
}
