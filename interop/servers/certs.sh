#!/usr/bin/env bash
# certs.sh DIR: makes every certificate of the interop servers with the openssl command alone.
#
# DIR receives NAME.pem (what a server presents, leaf first), NAME.key, ca.pem (the trust anchor to hand to a client)
# and staple-good.der, staple-revoked.der (OCSP answers). All keys are thrown away with DIR; nothing is reused.
# NAME is one of the defects listed at the bottom.
set -euo pipefail

dir=${1:?usage: certs.sh DIR}
mkdir -p "$dir"
cd "$dir"

day() { date -u -d "$1" +%Y%m%d%H%M%SZ; }
long_ago=$(day '-3 years') last_year=$(day '-1 year') yesterday=$(day '-1 day')
tomorrow=$(day '+1 day') next_year=$(day '+300 days') far=$(day '+8 years')

# authority NAME: a folder in which `openssl ca` keeps the books of the authority NAME.
authority() {
  mkdir -p "$1.d/issued"
  : >"$1.d/index.txt"
  cat >"$1.cnf" <<CNF
[ca]
default_ca = this
[this]
database = $1.d/index.txt
new_certs_dir = $1.d/issued
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
CNF
}

# quiet COMMAND...: runs it, and shows what it said only when it failed.
quiet() {
  local said
  said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2; printf 'failed: %s\n' "$*" >&2; return 1; }
}

key() { quiet openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -out "$1.key"; }

# root NAME SUBJECT: a self-signed authority.
root() {
  authority "$1"
  key "$1" 2048
  openssl req -new -key "$1.key" -subj "/CN=$2" -config "$1.cnf" -out "$1.csr"
  printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n' >"$1.ext"
  quiet openssl ca -batch -notext -selfsign -config "$1.cnf" -keyfile "$1.key" -in "$1.csr" -out "$1.pem" \
    -extfile "$1.ext" -startdate "$long_ago" -enddate "$far"
}

# intermediate NAME SUBJECT ENDDATE: an authority below ca.
intermediate() {
  authority "$1"
  key "$1" 2048
  openssl req -new -key "$1.key" -subj "/CN=$2" -config "$1.cnf" -out "$1.csr"
  printf 'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >"$1.ext"
  quiet openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in "$1.csr" -out "$1.pem" \
    -extfile "$1.ext" -startdate "$long_ago" -enddate "$3"
}

server_auth='extendedKeyUsage=serverAuth'

# leaf NAME ISSUER CN SAN EKU [openssl ca options]: SAN "" leaves the extension out, EKU "" too.
# The key is NAME.key where that exists already, else the shared one.
leaf() {
  local name=$1 issuer=$2 cn=$3 san=$4 eku=$5
  shift 5
  [ -e "$name.key" ] || cp shared.key "$name.key"
  openssl req -new -key "$name.key" -subj "/CN=$cn" -config "$issuer.cnf" -out "$name.csr"
  {
    printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\n'
    printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
    [ -z "$san" ] || printf 'subjectAltName=%s\n' "$san"
    [ -z "$eku" ] || printf '%s\n' "$eku"
  } >"$name.ext"
  quiet openssl ca -batch -notext -config "$issuer.cnf" -cert "$issuer.pem" -keyfile "$issuer.key" \
    -in "$name.csr" -out "$name.pem" -extfile "$name.ext" -startdate "$yesterday" -enddate "$next_year" "$@"
}

local_name='DNS:localhost'

root ca 'pstest interop root'
root stranger 'an authority nobody trusts'
intermediate middle 'pstest interop intermediate' "$far"
intermediate old-middle 'pstest interop expired intermediate' "$last_year"
key shared 2048

leaf good ca localhost "$local_name" "$server_auth"
leaf cn-only ca localhost '' "$server_auth"
leaf cn-not-san ca localhost DNS:other.pstest.test "$server_auth"
leaf san-other-cn ca winhost "$local_name" "$server_auth"
leaf wrong-name ca other.pstest.test DNS:other.pstest.test "$server_auth"
leaf ip-as-dns ca 127.0.0.1 DNS:127.0.0.1 "$server_auth"
leaf ip-san ca 127.0.0.1 IP:127.0.0.1 "$server_auth"
leaf expired ca localhost "$local_name" "$server_auth" -startdate "$long_ago" -enddate "$last_year"
leaf not-yet-valid ca localhost "$local_name" "$server_auth" -startdate "$tomorrow" -enddate "$next_year"
leaf unknown-ca stranger localhost "$local_name" "$server_auth"
leaf three-defects stranger other.pstest.test DNS:other.pstest.test "$server_auth" -startdate "$long_ago" -enddate "$last_year"
leaf missing-intermediate middle localhost "$local_name" "$server_auth"
leaf with-intermediate middle localhost "$local_name" "$server_auth"
cat middle.pem >>with-intermediate.pem
leaf expired-intermediate old-middle localhost "$local_name" "$server_auth"
cat old-middle.pem >>expired-intermediate.pem
leaf client-purpose ca localhost "$local_name" 'extendedKeyUsage=clientAuth'
leaf no-purpose ca localhost "$local_name" ''
leaf wildcard ca '*.pstest.test' 'DNS:*.pstest.test' "$server_auth"
leaf sha1 ca localhost "$local_name" "$server_auth" -md sha1
leaf md5 ca localhost "$local_name" "$server_auth" -md md5
key rsa-1024 1024
leaf rsa-1024 ca localhost "$local_name" "$server_auth"

quiet openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out ecdsa-p384.key
leaf ecdsa-p384 ca localhost "$local_name" "$server_auth" -md sha384

# A serial below zero: no openssl authority hands one out, so the leaf is signed by `openssl x509`.
leaf negative-serial ca localhost "$local_name" "$server_auth"
quiet openssl x509 -req -in negative-serial.csr -CA ca.pem -CAkey ca.key -set_serial -51966 -days 300 \
  -extfile negative-serial.ext -out negative-serial.pem

cp shared.key self-signed.key
quiet openssl req -x509 -new -key self-signed.key -subj /CN=localhost -config ca.cnf -days 300 -sha256 \
  -addext "subjectAltName=$local_name" -addext "$server_auth" -out self-signed.pem

# OCSP answers, from the authority's own books.
staple() {
  leaf "$1" ca localhost "$local_name" "$server_auth"
  [ "$2" = good ] || quiet openssl ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -revoke "$1.pem" -crl_reason keyCompromise
  quiet openssl ocsp -issuer ca.pem -cert "$1.pem" -no_nonce -reqout "$1.req"
  quiet openssl ocsp -index ca.d/index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key -reqin "$1.req" -ndays 7 -respout "$1.der"
}
staple staple-good good
staple staple-revoked revoked

chmod a+r ./*.key ./*.pem ./*.der
