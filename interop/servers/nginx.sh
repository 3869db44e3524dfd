#!/usr/bin/env bash
# nginx.sh DIR USER PASSWORD: runs nginx in the foreground, one listener a line of DIR/listeners.
#
# A line is "PORT plain" or "PORT NAME", where NAME is a certificate of DIR/certs (certs.sh DIR/certs) and
# NAME is what the listener presents; a certificate that came with a staple has it stapled. Every listener asks
# for Basic on /wsman and answers an authenticated POST with an Identify answer. DIR/authorization.log receives one
# line a request: the port, the status and the Authorization header as it came, for tests that no password leaked.
# Ends on SIGTERM; started by nobody but its caller, who holds its PID.
set -euo pipefail

dir=${1:?usage: nginx.sh DIR USER PASSWORD} user=$2 password=$3
here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd "$dir" && pwd)
mkdir -p "$dir/root/answers" "$dir/temp"
bash "$here/identify.sh" 'nginx interop' >"$dir/root/answers/wsman.xml"
printf '%s:%s\n' "$user" "$(openssl passwd -6 -stdin <<<"$password")" >"$dir/users"
: >"$dir/root/wsman"

# nginx refuses to load MD5, SHA-1 and 1024-bit certificates at the security level that Debian sets.
printf 'openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = low\n[low]\nCipherString = DEFAULT@SECLEVEL=0\n' >"$dir/openssl.cnf"

server() {
  local port=$1 name=$2
  printf 'server {\n'
  if [ "$name" = plain ]; then
    printf '  listen 127.0.0.1:%s;\n' "$port"
  else
    printf '  listen 127.0.0.1:%s ssl;\n  ssl_certificate %s/certs/%s.pem;\n  ssl_certificate_key %s/certs/%s.key;\n' \
      "$port" "$dir" "$name" "$dir" "$name"
    [ ! -e "$dir/certs/$name.der" ] || printf '  ssl_stapling on;\n  ssl_stapling_file %s/certs/%s.der;\n' "$dir" "$name"
  fi
  cat <<'CONF'
  location = /wsman {
    auth_basic "WSMAN";
    auth_basic_user_file users;
    error_page 405 =200 /answers/wsman.xml;
  }
  location /answers/ {
    internal;
    types { }
    default_type "application/soap+xml;charset=UTF-8";
  }
}
CONF
}

{
  cat <<CONF
daemon off;
worker_processes 1;
pid $dir/nginx.pid;
error_log $dir/nginx-error.log;
events { worker_connections 256; }
http {
  log_format authorization '\$server_port \$status \$http_authorization';
  access_log $dir/authorization.log authorization;
  root $dir/root;
  client_body_temp_path $dir/temp/body;
  proxy_temp_path $dir/temp/proxy;
  fastcgi_temp_path $dir/temp/fastcgi;
  uwsgi_temp_path $dir/temp/uwsgi;
  scgi_temp_path $dir/temp/scgi;
CONF
  while read -r port name; do server "$port" "$name"; done <"$dir/listeners"
  printf '}\n'
} >"$dir/nginx.conf"

exec env OPENSSL_CONF="$dir/openssl.cnf" nginx -p "$dir" -c "$dir/nginx.conf" -e "$dir/nginx-error.log"
