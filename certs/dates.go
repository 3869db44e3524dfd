package certs

import (
	"crypto/x509"
	"time"
)

// inspectDates looks at the leaf and at the served certificates of its path.
func (c *chain) inspectDates(j judged) Dates {
	d := leafDates(c.leaf, c.now)
	if d.Where == 0 {
		return d
	}
	for _, cert := range j.path[1:] {
		if i := c.index(cert); i >= 0 && !valid(cert, c.now) {
			d.Where, d.NotYet = i, c.now.Before(cert.NotBefore)
			d.Expired = !d.NotYet
			break
		}
	}
	return d
}

func leafDates(leaf *x509.Certificate, now time.Time) Dates {
	d := Dates{NotBefore: moment(leaf.NotBefore), NotAfter: moment(leaf.NotAfter), Where: -1}
	d.Expired, d.NotYet = now.After(leaf.NotAfter), now.Before(leaf.NotBefore)
	if d.Expired || d.NotYet {
		d.Where = 0
	}
	d.DaysLeft = wholeDays(leaf.NotAfter, now)
	return d
}

// wholeDays rounds down: a moment past the end is -1. It goes by seconds, as
// a time.Duration ends at 292 years.
func wholeDays(end, now time.Time) int {
	const day = 24 * 60 * 60
	seconds := end.Unix() - now.Unix()
	if now.Nanosecond() > end.Nanosecond() {
		seconds--
	}
	days := seconds / day
	if seconds%day < 0 {
		days--
	}
	return int(days)
}
