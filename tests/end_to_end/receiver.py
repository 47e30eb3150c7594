"""A receiver of change notifications over HTTPS on 127.0.0.1, as a subscriber would run one.

    receiver.py PORT CERTIFICATE KEY LOG

Answers validation requests. Each notification becomes a line of LOG: its path, and the changeType
and id, or the lifecycleEvent and subscriptionId. Paths: /hook and /life take what comes, /refuses
answers 500, /wrong gives another validation token, /silent says nothing.
"""

import http.server
import json
import ssl
import sys
import time
import urllib.parse

port, certificate, key, log = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


class Receiver(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=b"", content_type="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if url.path == "/silent":
            time.sleep(30)
            return
        token = urllib.parse.parse_qs(url.query).get("validationToken")
        if token:
            self.answer(200, b"something else" if url.path == "/wrong" else token[0].encode())
            return
        if url.path == "/refuses":
            self.answer(500)
            return
        with open(log, "a") as out:
            for one in json.loads(body)["value"]:
                told = (one.get("lifecycleEvent"), one["subscriptionId"])
                if "changeType" in one:
                    told = (one["changeType"], one["resourceData"]["id"])
                print(url.path, *told, one["clientState"], file=out, flush=True)
        self.answer(202)

    def log_message(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Receiver)
server.daemon_threads = True
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
