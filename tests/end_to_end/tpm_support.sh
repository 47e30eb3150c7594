# TPMs in software (swtpm), as a maker delivers them. Sourced after support.sh, in the work folder.

# start_tpm NAME: its state is in the folder NAME, so it is the same one when it is started again. Sets tpm (its
# process) and tcti.
start_tpm() {
  [ -n "${tpm_port:-}" ] || tpm_port=$(free_port)
  mkdir -p "$1"
  swtpm socket --tpm2 --tpmstate "dir=$1" --server "type=tcp,port=$tpm_port,bindaddr=127.0.0.1" \
    --ctrl "type=tcp,port=$((tpm_port + 1)),bindaddr=127.0.0.1" --flags not-need-init,startup-clear >>swtpm.log 2>&1 &
  tpm=$!
  processes+=("$tpm")
  tcti="swtpm:host=127.0.0.1,port=$tpm_port"
  export TPM2TOOLS_TCTI=$tcti
  until_it 10 tpm2_getcap properties-fixed >/dev/null 2>&1 || { echo "skipped: swtpm does not start"; exit 77; }
}
stop_tpm() {
  kill "$tpm" 2>/dev/null
  wait "$tpm" 2>/dev/null
}

tpm_tool() { "$@" >>tpm.log 2>&1 || give_up "$*: $(tail -n 3 tpm.log)"; tpm2_flushcontext -t >>tpm.log 2>&1; }

# NAME.key, NAME.pem: who makes TPMs.
make_maker() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" \
    -subj "/CN=$1" -days 9 2>/dev/null
}

# sign_by MAKER PUBLIC-KEY USAGE OUT: a certificate, DER, of a key that nobody has outside its TPM.
sign_by() {
  [ -f any.csr ] || openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout any.key \
    -out any.csr -subj /CN=tpm 2>/dev/null
  printf 'extendedKeyUsage=%s\n' "$3" >usage.ext
  openssl x509 -req -in any.csr -force_pubkey "$2" -CA "$1.pem" -CAkey "$1.key" -days 9 -extfile usage.ext \
    -outform DER -out "$4" 2>/dev/null || give_up "no certificate $4"
}

# The running TPM gets the certificate of its endorsement key, where makers put it.
endorse() {  # MAKER [USAGE]
  tpm_tool tpm2_createek -c ek.ctx -G rsa -f pem -u ek.public.pem
  sign_by "$1" ek.public.pem "${2:-2.23.133.8.1}" ek.der
  tpm2_nvundefine -C o 0x1c00002 >>tpm.log 2>&1
  # Makers' indexes are larger than what they hold.
  tpm_tool tpm2_nvdefine -C o -s "$(($(stat -c %s ek.der) + 64))" -a 'ownerread|authread|ownerwrite' 0x1c00002
  tpm_tool tpm2_nvwrite -C o -i ek.der 0x1c00002
}
