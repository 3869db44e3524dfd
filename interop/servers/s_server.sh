#!/usr/bin/env bash
# s_server.sh DIR PORT NAME [OPTION...]: runs `openssl s_server` in the foreground on the loopback port PORT with
# certificate NAME of DIR/certs; OPTION is an option of s_server's own. It completes handshakes, and answers a GET but no
# POST: what it is asked over HTTP stays without an answer. Ends on SIGTERM.
set -euo pipefail

dir=${1:?usage: s_server.sh DIR PORT NAME [OPTION...]} port=$2 name=$3
shift 3
chain=()
[ "$(grep -c 'BEGIN CERTIFICATE' "$dir/certs/$name.pem")" = 1 ] || chain=(-cert_chain "$dir/certs/$name.pem")
exec openssl s_server -quiet -www -accept "127.0.0.1:$port" -cert "$dir/certs/$name.pem" -key "$dir/certs/$name.key" \
  "${chain[@]}" "$@" </dev/null
