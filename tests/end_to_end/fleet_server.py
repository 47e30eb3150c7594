"""A server that speaks the part of Fleet's REST API that is read, over HTTPS on 127.0.0.1. (Fleet
itself is not among Debian's packages.)

    fleet_server.py PORT CERTIFICATE KEY FOLDER

Answers GET /api/v1/fleet/hosts from files in FOLDER, read anew for each request:

    hosts.json   all hosts; pages are cut from it as `page` and `per_page` say, at most 100
    token        whose bearer may ask; anybody else is answered 401 and no hosts
    mode         nothing, or how it fails: error, second-page, login-page, cut, huge,
                 `redirect URL`
    requests     written: a line for each request: status, page, whether the token was right
"""

import http.server
import json
import ssl
import sys
import urllib.parse

port, certificate, key, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


def content(name):
    try:
        with open(f"{folder}/{name}") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


class Fleet(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body, headers=(), content_type="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:  # the client has had enough
            pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = {name: values[0] for name, values in urllib.parse.parse_qs(url.query).items()}
        page, per_page = int(query.get("page", 0)), min(100, int(query.get("per_page", 100)))
        may = self.headers.get("Authorization", "") == f"Bearer {content('token')}"
        status = 404 if url.path != "/api/v1/fleet/hosts" else 200 if may else 401
        with open(f"{folder}/requests", "a") as out:
            print(status, page, may, file=out, flush=True)
        if status != 200:
            self.answer(status, b'{"message": "Authentication required"}')
            return
        hosts = json.loads(content("hosts.json"))[page * per_page : (page + 1) * per_page]
        if query.get("populate_policies") != "true":
            for host in hosts:
                host.pop("policies", None)
        self.send_page(page, json.dumps({"hosts": hosts}).encode())

    def send_page(self, page, body):
        mode = content("mode")
        if mode == "error" or (mode == "second-page" and page == 1):
            self.answer(503, b"{}", [("Retry-After", "1")])
        elif mode == "login-page":
            self.answer(200, b"<html>Please sign in</html>", content_type="text/html")
        elif mode == "cut":
            self.answer(200, body[: len(body) // 2])
        elif mode == "huge":
            self.answer(200, b'{"hosts": [' + b" " * (40 << 20) + b"]}")
        elif mode.startswith("redirect "):
            self.answer(302, b"", [("Location", mode.split()[1])])
        else:
            self.answer(200, body)

    def log_message(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Fleet)
server.daemon_threads = True
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
