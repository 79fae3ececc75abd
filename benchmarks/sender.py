"""Somebody who sends forms over HTTP, as a browser does: signs in, sends, and sends again with the same mark until a receipt is shown."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import urllib.parse
from typing import NamedTuple

PROOF = re.compile(r'name="proof" value="([^"]+)"')


class Shown(NamedTuple):
    """What the sender was shown: from here on nothing may be lost."""

    id: str
    reference: str


class NotTaken(Exception):
    """No receipt was shown. Sending again with the same mark is safe."""


class Sender:
    """`address` is "host:port". One connection for each request, so that none is kept over a restart."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self._address = address
        self._email = email
        self._password = password
        self._cookie = ""
        self._proof = ""

    def send(self, content: bytes, mark: str, filename: str = "form.pdf", *, timeout: float = 20.0) -> Shown:
        """Send one file. Raises NotTaken when the answer is anything but a receipt."""
        if not self._proof:
            self.sign_in(timeout)
        edge = secrets.token_hex(16)
        fields = {"proof": self._proof, "once": mark}
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        parts.append(
            f'--{edge}\r\nContent-Disposition: form-data; name="forms"; filename="{filename}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = "".join(parts).encode() + content + f"\r\n--{edge}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Accept": "application/json"}
        status, text = self._ask("POST", "/referrals/send", body, headers, timeout)
        if status in (401, 403):
            self._proof = ""
        if status != 200:
            raise NotTaken(f"answered {status}")
        (receipt,) = json.loads(text)["receipts"]
        return Shown(receipt["id"], receipt["reference"])

    def page(self, path: str, timeout: float = 20.0) -> str:
        """A page as the sender sees it. Raises NotTaken when it is not shown."""
        status, text = self._ask("GET", path, b"", {}, timeout)
        if status != 200:
            raise NotTaken(f"answered {status}")
        return text

    def sign_in(self, timeout: float = 20.0) -> None:
        self._cookie = ""
        _, page = self._ask("GET", "/sign-in", b"", {}, timeout)
        form = {"email": self._email, "password": self._password, "proof": self._found(page)}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self._ask("POST", "/sign-in", urllib.parse.urlencode(form).encode(), headers, timeout)
        if status != 302:
            raise NotTaken(f"signing in answered {status}")
        _, page = self._ask("GET", "/referrals/send", b"", {}, timeout)
        self._proof = self._found(page)

    @staticmethod
    def _found(page: str) -> str:
        proof = PROOF.search(page)
        if proof is None:
            raise NotTaken("no form on the page")
        return proof[1]

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str], timeout: float) -> tuple[int, str]:
        host, _, port = self._address.partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
        try:
            connection.request(method, path, body, {**headers, "Cookie": self._cookie, "Connection": "close"})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise NotTaken(type(error).__name__) from None
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookie = cookie.partition(";")[0]
        return answer.status, text
