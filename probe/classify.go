package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// errTooLarge is what a bounded reader gives beyond its bound.
var errTooLarge = errors.New("the answer is larger than the bound")

// failure makes data of an error. Types decide; text is matched for TLS alerts
// and version mismatches alone, for which crypto/tls exports no type.
func failure(err error, op string) *Failure {
	return &Failure{Class: classify(err), Op: op, Raw: clean(rawText(err))}
}

// failure is the same for what came while a secret was under way: an error's
// text may quote the host.
func (r *run) failure(err error, op string) *Failure {
	f := failure(err, op)
	f.Raw = clean(string(r.scrub.clean([]byte(rawText(err)))))
	return f
}

// rawText is the error's own words without the parts that Op says already.
func rawText(err error) string {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return "no answer in the time allowed"
	}
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	var oe *net.OpError
	if errors.As(err, &oe) && oe.Err != nil {
		if oe.Op == "remote error" {
			return oe.Error()
		}
		return oe.Err.Error()
	}
	return err.Error()
}

func classify(err error) Class {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var ne net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return ClassOurs
	case errors.As(err, &dns):
		return ClassDNS
	case errors.Is(err, errTooLarge):
		return ClassTooLarge
	case errors.As(err, &record):
		return classifyRecord(record)
	case errors.As(err, &ne) && ne.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return ClassSilent
	}
	if c, ok := classifyErrno(err); ok {
		return c
	}
	return classifyRest(err)
}

func classifyErrno(err error) (Class, bool) {
	for class, errnos := range map[Class][]syscall.Errno{
		ClassRefused:    {syscall.ECONNREFUSED},
		ClassUnroutable: {syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EACCES, syscall.EPERM, syscall.EHOSTDOWN, syscall.ENETDOWN},
		ClassSilent:     {syscall.ETIMEDOUT},
		ClassReset:      {syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED},
		ClassOurs:       {syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.EAFNOSUPPORT},
	} {
		for _, no := range errnos {
			if errors.Is(err, no) {
				return class, true
			}
		}
	}
	return "", false
}

func classifyRest(err error) Class {
	var oe *net.OpError
	switch {
	case errors.As(err, &oe) && oe.Op == "remote error":
		if strings.Contains(oe.Error(), "protocol version") {
			return ClassTLSVersion
		}
		return ClassTLSAlert
	case strings.Contains(err.Error(), "tls: server selected unsupported protocol version"):
		return ClassTLSVersion
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return ClassReset
	}
	return ClassMalformed
}

// classifyRecord tells plain HTTP from other bytes in answer to a TLS hello.
func classifyRecord(e tls.RecordHeaderError) Class {
	if strings.HasPrefix(string(e.RecordHeader[:]), "HTTP/") {
		return ClassPlainOnTLS
	}
	return ClassNotTLS
}
