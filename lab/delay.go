package lab

import (
	"net"
	"os"
	"sync"
	"time"
)

// delay makes each byte take d longer, both ways. Bytes on the way do not hold others back, as on a long line.
func delay(c net.Conn, d time.Duration, flying *sync.WaitGroup) net.Conn {
	x := &delayed{Conn: c, delay: d, up: newLine(), down: newLine()}
	flying.Go(x.send)
	flying.Go(x.receive)
	return x
}

// delayed is a connection over a long line.
type delayed struct {
	net.Conn
	delay    time.Duration
	up, down *line
}

// line is one direction: what is on the way, in order.
type line struct {
	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change
	queue    []parcel
	deadline time.Time // of the reader
}

// parcel is bytes, or the end of the line, that arrive when due.
type parcel struct {
	due  time.Time
	data []byte
	err  error
}

func newLine() *line { return &line{changed: make(chan struct{})} }

// put adds a parcel.
func (l *line) put(p parcel) { l.change(func() { l.queue = append(l.queue, p) }) }

func (l *line) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	close(l.changed)
	l.changed = make(chan struct{})
}

// wait returns when the first parcel is due, or with an error at the deadline. The parcel stays.
func (l *line) wait() error {
	for {
		l.mu.Lock()
		var due time.Time
		if len(l.queue) > 0 {
			due = l.queue[0].due
		}
		deadline, changed := l.deadline, l.changed
		l.mu.Unlock()
		now := time.Now()
		if !deadline.IsZero() && !deadline.After(now) {
			return os.ErrDeadlineExceeded
		}
		if !due.IsZero() && !due.After(now) {
			return nil
		}
		sleep(changed, earlier(due, deadline))
	}
}

// earlier is the first of two times, of which a zero one does not count.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// sleep waits for a change, or for the time; zero: only for a change.
func sleep(changed <-chan struct{}, until time.Time) {
	if until.IsZero() {
		<-changed
		return
	}
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case <-changed:
	case <-t.C:
	}
}

// take copies what is due; the end of the line stays for the next reader.
func (l *line) take(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := &l.queue[0]
	if first.err != nil {
		return 0, first.err
	}
	n := copy(b, first.data)
	if first.data = first.data[n:]; len(first.data) == 0 {
		l.queue = l.queue[1:]
	}
	return n, nil
}

func (x *delayed) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := x.down.wait(); err != nil {
		return 0, err
	}
	return x.down.take(b)
}

// Write never blocks; an error of the far end shows at a Read.
func (x *delayed) Write(b []byte) (int, error) {
	x.up.put(parcel{due: time.Now().Add(x.delay), data: append([]byte(nil), b...)})
	return len(b), nil
}

// Close lets what was written arrive first.
func (x *delayed) Close() error {
	x.up.put(parcel{due: time.Now().Add(x.delay), err: net.ErrClosed})
	x.down.change(func() { x.down.queue = []parcel{{due: time.Now(), err: net.ErrClosed}} })
	return nil
}

// send carries what was written to the far end, until Close or until nobody takes it.
func (x *delayed) send() {
	defer func() { _ = x.Conn.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		if x.up.wait() != nil {
			return
		}
		n, err := x.up.take(buffer)
		if err != nil {
			return
		}
		if _, err := x.Conn.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// receive carries what comes from the far end, until it ends.
func (x *delayed) receive() {
	for {
		buffer := make([]byte, 32<<10)
		n, err := x.Conn.Read(buffer)
		if n > 0 {
			x.down.put(parcel{due: time.Now().Add(x.delay), data: buffer[:n]})
		}
		if err != nil {
			x.down.put(parcel{due: time.Now().Add(x.delay), err: err})
			return
		}
	}
}

func (x *delayed) SetDeadline(t time.Time) error { return x.SetReadDeadline(t) }

func (x *delayed) SetReadDeadline(t time.Time) error {
	x.down.change(func() { x.down.deadline = t })
	return nil
}

// SetWriteDeadline has no effect: Write never blocks.
func (x *delayed) SetWriteDeadline(time.Time) error { return nil }
