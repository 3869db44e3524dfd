package probe

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Bug is a panic of one of Run's goroutines, with the stack where it happened.
// Run panics with it once the others have ended, so that the caller can recover
// and say whose fault it was.
type Bug struct {
	Value any
	Stack []byte
}

// String is the panic's value.
func (b *Bug) String() string { return fmt.Sprint(b.Value) }

// group runs functions side by side and keeps a panic for Run.
type group struct {
	sync.WaitGroup
	run *run
}

func (r *run) group() *group { return &group{run: r} }

// Go runs f in a goroutine of its own. Wait returns behind the last one.
func (g *group) Go(f func()) {
	g.WaitGroup.Go(func() {
		defer func() {
			if v := recover(); v != nil {
				g.run.broken.CompareAndSwap(nil, &Bug{Value: v, Stack: debug.Stack()})
			}
		}()
		f()
	})
}
