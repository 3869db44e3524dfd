#!/usr/bin/env bash
# apache.sh DIR HTTP HTTPS BASIC USER PASSWORD: runs Apache httpd in the foreground on three loopback ports.
#
# HTTP and HTTPS ask for Negotiate on /wsman (mod_auth_gssapi with gss-ntlmssp as the NTLM acceptor, domain INTEROP);
# BASIC is HTTPS and asks for Basic, realm WSMAN. The certificate is DIR/certs/good.pem (certs.sh DIR/certs).
# What is authenticated gets an Identify answer from a CGI program. Ends on SIGTERM.
set -euo pipefail

dir=${1:?usage: apache.sh DIR HTTP HTTPS BASIC USER PASSWORD} http=$2 https=$3 basic=$4 user=$5 password=$6
here=$(cd "$(dirname "$0")" && pwd)
dir=$(cd "$dir" && pwd)
modules=$(dirname "$(find /usr/lib/apache2 /usr/libexec/apache2 -name mod_auth_gssapi.so 2>/dev/null | head -n 1)")

mkdir -p "$dir/htdocs" "$dir/cgi"
bash "$here/identify.sh" 'Apache httpd interop' >"$dir/cgi/identify.xml"
cat >"$dir/cgi/wsman" <<CGI
#!/bin/sh
cat >/dev/null
printf 'Content-Type: application/soap+xml;charset=UTF-8\r\n\r\n'
cat "$dir/cgi/identify.xml"
CGI
chmod 755 "$dir/cgi/wsman"
printf 'INTEROP:%s:%s\n' "$user" "$password" >"$dir/ntlm-users"
printf '%s:%s\n' "$user" "$(openssl passwd -apr1 -stdin <<<"$password")" >"$dir/users"

negotiate='AuthType GSSAPI
    AuthName WSMAN
    GssapiAllowedMech ntlmssp
    GssapiConnectionBound On
    Require valid-user'

basic_auth="AuthType Basic
    AuthName WSMAN
    AuthUserFile $dir/users
    Require valid-user"

# site PORT AUTHENTICATION [DIRECTIVE...]
site() {
  printf 'Listen 127.0.0.1:%s\n<VirtualHost 127.0.0.1:%s>\n' "$1" "$1"
  [ $# = 2 ] || printf '  %s\n' "${@:3}"
  printf '  <Location /wsman>\n    %s\n  </Location>\n</VirtualHost>\n' "$2"
}
tls=('SSLEngine on' "SSLCertificateFile $dir/certs/good.pem" "SSLCertificateKeyFile $dir/certs/good.key")

{
  for m in mpm_event authn_core authn_file authz_core authz_user auth_basic auth_gssapi cgid alias ssl socache_shmcb; do
    printf 'LoadModule %s_module %s/mod_%s.so\n' "$m" "$modules" "$m"
  done
  # Only root may change user, and httpd will not serve as root.
  [ "$(id -u)" != 0 ] || printf 'User www-data\nGroup www-data\n'
  cat <<CONF
ServerName localhost
DocumentRoot $dir/htdocs
PidFile $dir/apache.pid
ErrorLog $dir/apache-error.log
ScriptSock $dir/cgid.sock
DefaultRuntimeDir $dir
KeepAlive On
StartServers 1
ThreadsPerChild 32
MinSpareThreads 4
MaxSpareThreads 32
ServerLimit 1
MaxRequestWorkers 32
ScriptAlias /wsman $dir/cgi/wsman
CONF
  site "$http" "$negotiate"
  site "$https" "$negotiate" "${tls[@]}"
  site "$basic" "$basic_auth" "${tls[@]}"
} >"$dir/httpd.conf"

NTLM_USER_FILE=$dir/ntlm-users NETBIOS_COMPUTER_NAME=APACHE NETBIOS_DOMAIN_NAME=INTEROP
export NTLM_USER_FILE NETBIOS_COMPUTER_NAME NETBIOS_DOMAIN_NAME
exec apache2 -D FOREGROUND -f "$dir/httpd.conf"
