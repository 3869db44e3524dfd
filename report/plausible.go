package report

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pstest/probe"
)

// plausible refuses facts that no run can have come to: rules and writers rely
// on what it demands.
func plausible(f *probe.Facts) error {
	if f == nil {
		return errors.New("it holds no facts")
	}
	if len(f.Exchanges) > maxExchanges {
		return fmt.Errorf("it holds %d exchanges, and at most %d are kept", len(f.Exchanges), maxExchanges)
	}
	for _, check := range []func(*probe.Facts) error{plausibleTarget, plausibleStates, plausibleDials} {
		if err := check(f); err != nil {
			return err
		}
	}
	return nil
}

// plausibleTarget reads the target as if it had been typed.
func plausibleTarget(f *probe.Facts) error {
	t := f.Target
	for _, port := range []int{t.PortHTTP, t.PortHTTPS} {
		if port < 1 || port > 65535 {
			return fmt.Errorf("port %d is no port", port)
		}
	}
	if !strings.HasPrefix(t.Path, "/") {
		return errors.New("the path of its target does not begin with a slash")
	}
	if !slices.Contains(probe.Routes(), t.Route) {
		return errors.New("its route is not known")
	}
	if _, err := probe.ParseTarget(t.Asked, probe.TargetOptions{}); err != nil {
		return errors.New("what it says was asked for names no host")
	}
	again, err := probe.ParseTarget(t.Host, probe.TargetOptions{PortHTTP: t.PortHTTP, PortHTTPS: t.PortHTTPS, Path: t.Path})
	if err != nil {
		return fmt.Errorf("its target: %w", err)
	}
	if again.Host != t.Host {
		return errors.New("the host of its target is more than a name or an address")
	}
	return nil
}

// plausibleStates: what failed says how.
func plausibleStates(f *probe.Facts) error {
	for _, p := range probe.Paths() {
		if s := f.Status(p); s.State == probe.Failed && s.Failure == nil {
			return fmt.Errorf("%s failed, and it does not say how", p)
		}
	}
	for _, o := range f.Others.Value {
		for _, s := range []probe.Status{o.HTTP.Status(), o.HTTPS.Status(), o.Challenge.Status()} {
			if s.State == probe.Failed && s.Failure == nil {
				return errors.New("a look at a further address failed, and it does not say how")
			}
		}
	}
	return nil
}

// plausibleDials: every address is one, and every port.
func plausibleDials(f *probe.Facts) error {
	dials := []probe.Observed[probe.Dial]{f.HTTP.Dial, f.HTTPS.Dial}
	addresses := slices.Clone(f.Resolve.Value.Addresses)
	for _, o := range f.Others.Value {
		dials = append(dials, o.HTTP, o.HTTPS)
		addresses = append(addresses, o.Address)
	}
	for _, d := range f.Neutral.Value {
		dials = append(dials, probe.See(d))
	}
	for _, d := range dials {
		if d.State == probe.NotRun && d.Value == (probe.Dial{}) {
			continue
		}
		if err := plausibleDial(d.Value); err != nil {
			return err
		}
		addresses = append(addresses, d.Value.Address)
	}
	for _, a := range addresses {
		if err := plausibleAddress(a); err != nil {
			return err
		}
	}
	return nil
}

func plausibleDial(d probe.Dial) error {
	if d.Port < 1 || d.Port > 65535 {
		return fmt.Errorf("port %d is no port", d.Port)
	}
	if d.Local == "" {
		return nil
	}
	return plausibleAddress(d.Local)
}

// plausibleAddress takes an address whose zone, if any, is the name of an interface.
func plausibleAddress(s string) error {
	a, err := netip.ParseAddr(s)
	odd := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", r)
	}
	if err != nil || strings.ContainsFunc(a.Zone(), odd) {
		return fmt.Errorf("%q is no address", probe.Clean(s, 40))
	}
	return nil
}
