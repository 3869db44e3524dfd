#!/usr/bin/env bash
# stunnel.sh DIR PORT BACKEND NAME [OPTION...]: runs stunnel in the foreground: TLS on PORT with certificate NAME of
# DIR/certs, clear text to the loopback port BACKEND. OPTION is a line of stunnel's own, such as
# "sslVersionMax = TLSv1.1". Ends on SIGTERM.
set -euo pipefail

dir=${1:?usage: stunnel.sh DIR PORT BACKEND NAME [OPTION...]} port=$2 backend=$3 name=$4
shift 4
dir=$(cd "$dir" && pwd)
conf=$dir/stunnel-$port.conf
{
  printf 'foreground = quiet\nsyslog = no\noutput = %s/stunnel-%s.log\n' "$dir" "$port"
  printf '[tls]\naccept = 127.0.0.1:%s\nconnect = 127.0.0.1:%s\ncert = %s/certs/%s.pem\nkey = %s/certs/%s.key\n' \
    "$port" "$backend" "$dir" "$name" "$dir" "$name"
  [ $# = 0 ] || printf '%s\n' "$@"
} >"$conf"
exec stunnel4 "$conf"
