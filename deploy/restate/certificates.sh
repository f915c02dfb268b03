#!/bin/sh
# Makes what TLS and signed requests need, with an authority of its own, in FOLDER. Keys that are there already are kept.
#   certificates.sh FOLDER balancer node1 node2,10.0.0.2 …
# A name may have further names and addresses behind commas. Of each there will be NAME.crt, NAME.key, and NAME.pem with both;
# ca.crt is what the others must trust. identity.pem is the key by which workers know the Restate servers.
set -eu
umask 077
mkdir -p "$1"
cd "$1"
shift

EC="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
[ -f ca.key ] || openssl req -x509 $EC -days 3650 -subj "/CN=Stagecraft" -keyout ca.key -out ca.crt
[ -f identity.pem ] || openssl genpkey -algorithm ed25519 -out identity.pem

for names; do
  name=${names%%,*}
  [ ! -f "$name.key" ] || continue
  alternatives=
  for other in $(echo "$names" | tr , ' '); do
    case $other in *[!0-9.]*) kind=DNS ;; *) kind=IP ;; esac
    alternatives="$alternatives,$kind:$other"
  done
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "${alternatives#,}" >"$name.ext"
  openssl req $EC -subj "/CN=$name" -keyout "$name.key" -out "$name.csr"
  openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 -extfile "$name.ext" -out "$name.crt"
  cat "$name.crt" "$name.key" >"$name.pem"
  rm "$name.csr" "$name.ext"
done
