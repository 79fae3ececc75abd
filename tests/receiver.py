"""Somebody who is told by webhooks: a real server with TLS on loopback, in this process, that answers as it is told to."""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from mail_room import HOST, make_certificate


@dataclass
class Receiver:
    """What was taken: headers and body of each; and what is to be answered next: a status, "slow" or "hang up"."""

    url: str
    certificate: Path
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: deque[int | str] = field(default_factory=deque)


@contextmanager
def open_receiver(folder: Path) -> Iterator[Receiver]:
    certificate, key = make_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = receiver.answers.popleft() if receiver.answers else 204
            receiver.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if answer == "hang up":
                self.connection.close()
                return
            if answer == "slow":
                for sign in "HTTP/1.1 200 " + "x" * 3000:
                    try:
                        self.wfile.write(sign.encode())
                        time.sleep(0.1)
                    except OSError:
                        return
            self.send_response(int(answer))
            self.send_header("Location", "https://elsewhere.example.org/")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(f"https://localhost:{server.server_port}/told?by=desk", certificate)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
