# A mail server for tests: aiosmtpd with STARTTLS or TLS and a sign-in, that does to a mail what its
# recipient's name says. Prints its port, then each mail it took as a line: subject, then its text.
#
#   test_mail_server.py CERTIFICATE KEY starttls|tls
import asyncio
import base64
import email
import email.policy
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 no such user"
        if address.startswith("full@"):
            return "452 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        if to.startswith("busy@"):
            return "451 try later"
        if to.startswith("spam@"):
            return "554 not wanted"
        if to.startswith("silent@"):
            server.transport.abort()
            return "250 nobody hears this"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = mail.get_content().strip().replace("\r\n", "\\n").replace("\n", "\\n")
        print(f"{mail['Subject']}|{mail.get_content_type()}|{mail['Cc'] or ''}|{body}", flush=True)
        return "250 taken"


def sign_in(server, session, envelope, mechanism, data):
    good = data.login == b"sallyport" and data.password == b"open sesame"
    return AuthResult(success=good)


async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    early = sys.argv[3] == "tls"
    loop = asyncio.get_running_loop()

    def make():
        return SMTP(Handler(), hostname="localhost", tls_context=None if early else context,
                    require_starttls=not early, authenticator=sign_in, auth_required=True,
                    auth_require_tls=not early, loop=loop)

    server = await loop.create_server(make, "127.0.0.1", 0, ssl=context if early else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
