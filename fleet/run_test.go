package fleet

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"pstest/lab"
	"pstest/negotiate"
	"pstest/probe"
)

// torn is a connection that is reset when the second Negotiate token is sent on
// it, which is the one that proves the password.
type torn struct {
	net.Conn
	tokens int
	sent   *atomic.Int32
}

func (c *torn) Write(b []byte) (int, error) {
	c.tokens += bytes.Count(b, []byte("Authorization: Negotiate "))
	if c.tokens > 1 {
		c.sent.Add(1)
		c.Close()
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// TestSixHosts: whatever six hosts do with a credential but accept it, two of
// them see it.
func TestSixHosts(t *testing.T) {
	for name, reset := range map[string]bool{"reject": false, "reset": true} {
		t.Run(name, func(t *testing.T) {
			network := &lab.Network{}
			defer network.Wait()
			scenario, _ := lab.Find("healthy")
			var hosts []*lab.Host
			var list []probe.Request
			for i := range 6 {
				h, err := lab.Start(t.Context(), scenario, lab.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer h.Close()
				hosts = append(hosts, h)
				name := fmt.Sprintf("win0%d.lab.test", i)
				network.Add(name, h)
				target, err := probe.ParseTarget(name, probe.TargetOptions{Route: probe.RouteNegotiateHTTP})
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, probe.Request{Target: target, Timeout: 10 * time.Second, Password: negotiate.NewSecret("not the password"),
					Account: probe.Account{Asked: h.User, Form: probe.FormUnqualified, User: h.User}})
			}
			var sent atomic.Int32
			env := probe.DefaultEnv()
			env.Resolver, env.Dial, env.OnLink, env.Getenv = network, network.Dial, nil, func(string) string { return "" }
			if reset {
				env.Dial = func(ctx context.Context, n, address string) (net.Conn, error) {
					c, err := network.Dial(ctx, n, address)
					if err != nil {
						return nil, err
					}
					return &torn{Conn: c, sent: &sent}, nil
				}
			}
			Check(t.Context(), list, Options{Env: env}, func(int, *probe.Facts) {})
			failed := int(sent.Load())
			for _, h := range hosts {
				failed += h.Stats().Failed()
			}
			if failed == 0 || failed > enough {
				t.Errorf("%d attempts, want 1 or 2", failed)
			}
		})
	}
}
