#!/usr/bin/env python3
"""SCEP messages with what is wrong in them chosen, made by hand in DER; openssl encrypts and signs.

  scep_message.py make NAME TYPE TRANSACTION [WRONG...]   NAME.der, .key, .self, ra.pem -> NAME.msg
  scep_message.py status FILE                             prints pkiStatus and failInfo
"""
import datetime, hashlib, os, subprocess, sys


def tlv(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    count = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | count]) + size.to_bytes(count, "big") + body


def oid(text):
    numbers = [int(n) for n in text.split(".")]
    out = bytes([40 * numbers[0] + numbers[1]])
    for n in numbers[2:]:
        digits = [n & 127]
        while n := n >> 7:
            digits.insert(0, n & 127 | 128)
        out += bytes(digits)
    return tlv(6, out)


def read(data, at=0):
    """tag, content, end"""
    tag, size, at = data[at], data[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        size, at = int.from_bytes(data[at : at + count], "big"), at + count
    return tag, data[at : at + size], at + size


def items(data):
    at, out = 0, []
    while at < len(data):
        tag, content, end = read(data, at)
        out.append((tag, content, data[at:end]))
        at = end
    return out


def run(*command, data=None):
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


def integer(n):
    return tlv(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


DIGESTS = {
    "sha256": ("2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11"),
    "sha1": ("1.3.14.3.2.26", "1.2.840.113549.1.1.5"),
    "md5": ("1.2.840.113549.2.5", "1.2.840.113549.1.1.4"),
}
SCEP = "2.16.840.1.113733.1.9."


def make(name, kind, transaction, *wrong):
    options = dict(w.split("=", 1) for w in wrong if "=" in w)
    signer = options.get("signer", name)
    md = options.get("md", "sha256")
    certificate = run("openssl", "x509", "-in", signer + ".self", "-outform", "DER")
    tbs = items(items(read(certificate)[1])[0][1])
    fields = tbs[1:] if tbs[0][0] == 0xA0 else tbs
    serial, issuer, subject = fields[0][2], fields[2][2], fields[4][2]

    inner = open(name + ".der", "rb").read()
    if kind == "20":
        inner = tlv(0x30, issuer, subject)
    if "serial" in options:
        inner = tlv(0x30, issuer, integer(int(options["serial"], 16)))
    if "garbage" in wrong:
        inner = b"no request"
    recipient = name + ".self" if "other-recipient" in wrong else "ra.pem"
    cipher = options.get("cipher", "aes-128-cbc")
    envelope = run("openssl", "cms", "-encrypt", "-binary", "-outform", "DER", "-" + cipher,
                   "-provider", "default", "-provider", "legacy", recipient, data=inner)

    when = datetime.datetime.now(datetime.timezone.utc)
    if "old" in wrong:
        when -= datetime.timedelta(days=7)
    digest = hashlib.new(md, envelope).digest()
    if "break-digest" in wrong:
        digest = bytes([digest[0] ^ 1]) + digest[1:]

    def attribute(number, value):
        return tlv(0x30, oid(number), tlv(0x31, value))

    attributes = sorted([
        attribute("1.2.840.113549.1.9.3", oid("1.2.840.113549.1.7.1")),
        attribute("1.2.840.113549.1.9.4", tlv(4, digest)),
        attribute("1.2.840.113549.1.9.5", tlv(0x17, when.strftime("%y%m%d%H%M%SZ").encode())),
        attribute(SCEP + "2", tlv(0x13, kind.encode())),
        attribute(SCEP + "5", tlv(4, os.urandom(16))),
        attribute(SCEP + "7", tlv(0x13, os.fsencode(transaction))),
    ])
    signed = tlv(0x31, *attributes)
    open(name + ".attributes", "wb").write(signed)
    signature = run("openssl", "dgst", "-" + md, "-sign", signer + ".key", name + ".attributes")
    null = tlv(5)
    digest_algorithm = tlv(0x30, oid(DIGESTS[md][0]), null)
    signer_info = tlv(0x30, integer(1), tlv(0x30, issuer, serial), digest_algorithm,
                      b"\xa0" + signed[1:], tlv(0x30, oid(DIGESTS[md][1]), null), tlv(4, signature))
    message = tlv(0x30, integer(1), tlv(0x31, digest_algorithm),
                  tlv(0x30, oid("1.2.840.113549.1.7.1"), tlv(0xA0, tlv(4, envelope))),
                  tlv(0xA0, certificate), tlv(0x31, signer_info))
    with open(name + ".msg", "wb") as out:
        out.write(tlv(0x30, oid("1.2.840.113549.1.7.2"), tlv(0xA0, message)))


def status(path):
    data = open(path, "rb").read()
    printed = []
    for number in ("3", "4"):
        at = data.find(oid(SCEP + number))
        if at >= 0:
            value = read(data, at + len(oid(SCEP + number)))[1]
            printed.append(read(value)[1].decode())
    print(" ".join(printed) or "no answer")


if __name__ == "__main__":
    {"make": make, "status": status}[sys.argv[1]](*sys.argv[2:])
