#!/usr/bin/env python3
"""What a device with a TPM makes: a certificate request signed by a key inside, and the evidence.

  tpm_evidence.py request NAME HANDLE             NAME.public.pem -> NAME.der
  tpm_evidence.py certify NAME HANDLE AK CERTIFICATE [WRONG...]   NAME.der, NAME.tss -> NAME.evidence

tpm2_certify takes no qualifying data, so the command is sent as bytes.
"""
import base64, hashlib, json, struct, subprocess, sys
from scep_message import integer, oid, tlv


def run(*command, data=None):
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


def request(name, handle):
    public = run("openssl", "pkey", "-pubin", "-in", name + ".public.pem", "-outform", "DER")
    rsa = b"RSA" in run("openssl", "pkey", "-pubin", "-in", name + ".public.pem", "-noout", "-text") or \
        b"Modulus" in run("openssl", "pkey", "-pubin", "-in", name + ".public.pem", "-noout", "-text")
    subject = tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3"), tlv(0x0C, name.encode()))))
    info = tlv(0x30, integer(0), subject, public, tlv(0xA0))
    open(name + ".info", "wb").write(info)
    scheme = ["-s", "rsassa"] if rsa else ["-s", "ecdsa"]
    run("tpm2_sign", "-c", handle, "-g", "sha256", *scheme, "-f", "plain", "-o", name + ".sig", name + ".info")
    run("tpm2_flushcontext", "-t")
    algorithm = tlv(0x30, oid("1.2.840.113549.1.1.11"), tlv(5)) if rsa else tlv(0x30, oid("1.2.840.10045.4.3.2"))
    signature = open(name + ".sig", "rb").read()
    open(name + ".der", "wb").write(tlv(0x30, info, algorithm, tlv(3, b"\0", signature)))


def sized(data):
    return struct.pack(">H", len(data)) + data


def certify(name, handle, attestation_key, certificate, *wrong):
    options = dict(w.split("=", 1) for w in wrong if "=" in w)
    qualifying = hashlib.sha256(open(name + ".der", "rb").read()).digest()
    if "wrong-extra" in wrong:
        qualifying = hashlib.sha256(b"another request").digest()
    password = struct.pack(">IHBH", 0x40000009, 0, 0, 0)
    sessions = password * 2
    body = struct.pack(">II", int(handle, 16), int(attestation_key, 16))
    body += struct.pack(">I", len(sessions)) + sessions + sized(qualifying) + struct.pack(">H", 0x10)
    command = struct.pack(">HII", 0x8002, 10 + len(body), 0x148) + body
    answer = run("tpm2_send", data=command)
    code = struct.unpack(">I", answer[6:10])[0]
    if code:
        sys.exit("TPM2_Certify: %#x" % code)
    parameters = answer[14 : 14 + struct.unpack(">I", answer[10:14])[0]]
    size = struct.unpack(">H", parameters[:2])[0]
    attest, signature = parameters[2 : 2 + size], parameters[2 + size :]
    if "wrong-magic" in wrong:
        attest = b"\xff\x54\x43\x48" + attest[4:]
    # TPM2B_PUBLIC without its size.
    key = open(options.get("swap", options.get("key", name)) + ".tss", "rb").read()[2:]
    parts = {"attest": attest, "signature": signature, "key": key, "certificate": open(certificate, "rb").read()}
    encoded = {part: base64.b64encode(value).decode() for part, value in parts.items()}
    open(name + ".evidence", "w").write(json.dumps(encoded))


{"request": request, "certify": certify}[sys.argv[1]](*sys.argv[2:])
