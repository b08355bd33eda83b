"""A token server (RFC 6749) on a free loopback port, which also tells a mail server whether a token is good (RFC 7662).

    with TokenServer() as tokens: ... tokens.url, tokens.introspection_url, tokens.asked, tokens.good

`asked` has the fields of each question, `good` the access tokens that are good by now. What it answers can be changed:
`expires_in`, `rotates` (each answer brings a new refresh token, and the old one is good no more), `answer` (status and
body of every answer).
"""

import http.server
import json
import threading
import urllib.parse


class TokenServer:
    def __init__(self) -> None:
        self.expires_in: int | str | None = 3600
        self.rotates = False
        self.answer: tuple[int, str] | None = None
        self.refresh_tokens = {"first-refresh"}
        self.secret: str | None = None
        self.user = "news@example.org"
        self.good: set[str] = set()
        self.asked: list[dict[str, str]] = []

    def grant(self, fields: dict[str, str]) -> tuple[int, dict]:
        self.asked.append(fields)
        if self.secret is not None and fields.get("client_secret") != self.secret:
            return 401, {"error": "invalid_client"}
        if fields["grant_type"] == "refresh_token" and fields["refresh_token"] not in self.refresh_tokens:
            return 400, {"error": "invalid_grant", "error_description": "The refresh token has expired.\r\nTrace: 7"}
        number = len(self.asked)
        token = {"token_type": "Bearer", "access_token": f"access-{number}"}
        if self.expires_in is not None:
            token["expires_in"] = self.expires_in
        self.good.add(token["access_token"])
        if self.rotates:
            token["refresh_token"] = f"refresh-{number}"
            self.refresh_tokens = {token["refresh_token"]}
        return 200, token

    def introspect(self, fields: dict[str, str]) -> tuple[int, dict]:
        if fields.get("token") not in self.good:
            return 200, {"active": False}
        return 200, {"active": True, "username": self.user, "email": self.user, "client_id": "newsletter"}

    def __enter__(self):
        tokens = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"  # the client ends the connection, when it has read all

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = dict(urllib.parse.parse_qsl(body))
                asks = tokens.introspect if self.path.startswith("/introspect") else tokens.grant
                status, answer = asks(fields)
                text = json.dumps(answer)
                if tokens.answer is not None and asks == tokens.grant:
                    status, text = tokens.answer
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{self.server.server_port}"
        self.url, self.introspection_url = f"{base}/token", f"{base}/introspect"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
