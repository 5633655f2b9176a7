#!/bin/sh
# Makes the certificates of this folder anew: a private CA, and servers that it signed. Valid for a
# hundred years, but for the expired one. The keys protect nothing: they serve loopback in tests.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

openssl ecparam -name prime256v1 -genkey -noout -out "$work/ca_key.pem"
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out server_key.pem
: > "$work/index.txt"
cat > "$work/ca.cnf" <<CNF
[ca]
default_ca = test
[test]
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[server]
subjectAltName = \${ENV::SAN}
basicConstraints = critical,CA:FALSE
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
CNF

forever="-startdate 20240101000000Z -enddate 21231231000000Z"
past="-startdate 20200101000000Z -enddate 20210101000000Z"
sign() { # name, common name, options of `openssl ca`
  name=$1 subject=$2
  shift 2
  openssl req -new -key "$key" -subj "/CN=$subject" -out "$work/$name.csr"
  openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/$name.csr" -out "$name.pem" "$@"
}
loopback="DNS:localhost,IP:127.0.0.1"
export SAN="$loopback"
key=$work/ca_key.pem
sign ca "Hermes test CA" -selfsign -keyfile "$key" -extensions authority $forever
key=server_key.pem
sign self_signed "Hermes test" -selfsign -keyfile "$key" -extensions server $forever
by_ca="-keyfile $work/ca_key.pem -cert ca.pem -extensions server"
sign server "Hermes test server" $by_ca $forever
sign expired "Hermes test server" $by_ca $past
SAN="DNS:elsewhere.invalid"
sign wrong_host "Hermes test server" $by_ca $forever
