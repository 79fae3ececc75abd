"""Every form and every address, sent by everybody, bent at random: nothing breaks, nothing of others is told.

The forms are those that the pages themselves hold, so that a bent one goes as deep as a real one; the addresses are those
of the route map. MAPPA_TEST_REQUESTS sends more of them than a run of all tests has time for.
"""

from __future__ import annotations

import io
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from conftest import everybody, visitors_of
from house import MASTER_KEY, Servers, SetClock
from scenes import Scene, set_scene
from visitors import Standing, Visitor
from visits import VISITS, address, is_page
from werkzeug.test import TestResponse

from intake.house import open_house
from intake.settings import Settings
from web.app import make_app

MANY = int(os.environ.get("MAPPA_TEST_REQUESTS", "1200"))
FOREIGN = re.compile("quillfeather|fernsby|nettlebed|percival|tobias|rosalind", re.IGNORECASE)
"""Names of the scene, all of whose referrals are of the youth offending team of one area."""
STRANGERS = ("hospital", "elsewhere", "administrator", "auditor", "nobody")
INSIDE = re.compile(r"Traceback \(|psycopg|sqlalchemy|SELECT \w+ FROM|site-packages|werkzeug", re.IGNORECASE)
ENDS_THE_VISIT = re.compile("/sign-out|/account/sessions")

TEXTS = (
    "", " ", "\x00", "a\x00b", "\x00" * 50, "\r\nSet-Cookie: mappa_session=x", "\n\n", "\t", "\x1b[31m", "\x7f\x85\u2028",
    "\ufeff", "\u202egnp.exe", "e\u0301" * 40, "\U0001f600", "\ud7ff\ue000\uffff", "ﬁ", "ß" * 300, "A" * 5_000, "9" * 5_000,
    "-1", "0", "1", "2147483648", "-9223372036854775809", "99999999999999999999999", "1e999", "NaN", "Infinity", "0x10", "٣",
    "1.5", "true", "null", "[]", "{}", '{"a": {"$gt": ""}}', "' OR '1'='1", "'; DROP TABLE audit; --", '"', "\\", "%", "_%",
    "%00", "%s%n", "{0.__class__}", "{{7*7}}", "${7*7}", "<script>alert(1)</script>", "javascript:alert(1)", "=1+1", "@SUM(A1)",
    "../../../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:6379/", "//evil.example",
    "2026-02-30", "0000-00-00", "9999-12-31", "31", "13", "29:99", "yes", "no", "on", "A", "level_2", "person.family_name",
    "00000000-0000-0000-0000-000000000000", "WM-2026-000001", "a@b", "a@b\r\nBcc: c@d", "((link))", "((nobody))", "*" * 100,
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"Host": "evil.example"}, {"Host": "localhost:99999"}, {"Host": "["}, {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-For": "10.0.0.1, \x0b"}, {"X-Forwarded-Proto": "https"}, {"X-Original-URL": "/administration/people"},
    {"X-HTTP-Method-Override": "DELETE"}, {"Accept": "application/json"}, {"Accept": "*/*;q=x, ;;,"}, {"Accept-Encoding": "gzip;q=9"},
    {"Cookie": "mappa_session=" + "x" * 2000}, {"Cookie": "mappa_session=\xff; mappa_session="}, {"Range": "bytes=9-1,-,"},
    {"If-None-Match": "*"}, {"If-Modified-Since": "yesterday"}, {"Authorization": "Bearer \xff"}, {"Authorization": "Basic ===="},
    {"User-Agent": "\xff" * 900}, {"Content-Encoding": "gzip"}, {"Origin": "null"}, {"Referer": "//evil.example/\xff"},
    {"Expect": "100-continue"}, {"Content-Length": "-1"}, {"X-Proof": "A" * 88}, {"Sec-Fetch-Site": "cross-site"},
)  # fmt: skip
KINDS = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 300, "application/json", "text/plain", "text/xml", "",
    "application/octet-stream; charset=\xff",
)  # fmt: skip
BODIES = (
    b"", b"\xff\xfe\x00", b"%", b"%ff=%00&&&=&a", b"a=1&" * 2000, b'{"proof": 1}', b"--x\r\n", b"[" * 5000,
    b'--x\r\nContent-Disposition: form-data; name="forms"; filename="../../x\x00.pdf"\r\n\r\n%PDF\r\n--x--\r\n',
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "CONNECT")
NAMES = (
    "../../x.pdf",
    "a\x00.docx",
    "con.pdf",
    "x" * 400 + ".pdf",
    ".pdf",
    "=cmd.pdf",
    "a\r\nb.pdf",
    "\u202efdp.exe",
    "form.pdf.exe",
)

ASKED = ("page", "q", "key", "done", "shelf", "before", "reference", "from-day", "agency_id", "form", "next")


class Form(NamedTuple):
    """A form that a page holds: who found it there, where it goes, and its fields as they stand."""

    who: str
    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


@pytest.fixture(scope="module")
def ground(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """A house of its own, for what is sent changes it."""
    database_url, owner_url = servers.fresh_database()
    settings = Settings(
        database_url=database_url,
        owner_url=owner_url,
        redis_url=servers.redis_url,
        data=tmp_path_factory.mktemp("hostile"),
        master_key=MASTER_KEY,
        max_upload=100_000,
    )
    with open_house(settings, clock=SetClock()) as house:
        app = make_app(house)
        scene = set_scene(house, servers.cast)
        yield Standing(app, house, scene, everybody(visitors_of(app, house), servers.cast))
    servers.drop(database_url)


def forms_of(ground: Standing) -> list[Form]:
    """All forms of all pages, without their proofs."""
    found = []
    for (endpoint, method), visit in VISITS.items():
        if visit.send is not None:
            continue
        answer = ground.visitors[visit.who].get(address(ground.app, endpoint, visit, ground.scene))
        if not is_page(f"{method} {endpoint}", answer):
            continue
        for form in Visitor.parsed(answer).xpath("//form[@method='post']"):
            fields, files = [], []
            for field in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name] | .//button[@name]"):
                if field.get("type") == "file":
                    files.append(field.get("name"))
                elif field.get("name") != "proof":
                    options = field.xpath(".//option/@value")
                    value = options[-1] if options else field.get("value") or field.text or ""
                    fields.append((field.get("name"), value))
            found.append(Form(visit.who, form.get("action") or answer.request.path, tuple(fields), tuple(files)))
    return found


class Attacker:
    """Sends one bent request after another, the same ones for the same seed."""

    def __init__(self, ground: Standing, seed: int) -> None:
        self._ground = ground
        self._chance = random.Random(seed)
        self._forms = forms_of(ground)
        self._proofs: dict[str, str] = {}
        scene: Scene = ground.scene
        self._ids = [str(getattr(scene, name)) for name in scene.__dataclass_fields__] + [str(uuid4())]
        assert len(self._forms) > 40

    def request(self) -> tuple[str, str, TestResponse]:
        """Who sent what, and what came of it."""
        chance = self._chance
        send = chance.choice((self._bent_form, self._bent_form, self._bent_form, self._bent_address, self._bent_body))
        return send()

    def text(self) -> str:
        return self._chance.choice(self._ids) if self._chance.random() < 0.15 else self._chance.choice(TEXTS)

    def _bent_form(self) -> tuple[str, str, TestResponse]:
        chance, form = self._chance, self._chance.choice(self._forms)
        who = form.who if chance.random() < 0.7 else chance.choice(list(self._ground.visitors))
        fields: dict[str, list[Any]] = {}
        for name, value in form.fields:
            fields.setdefault(name, []).append(value)
        for name in chance.sample(list(fields), min(len(fields), chance.randint(0, 3))):
            self._bend(fields, name)
        for name in form.files:
            fields[name] = [
                (
                    io.BytesIO(chance.choice((b"", b"%PDF-1.7", b"PK\x03\x04" + b"\x00" * 99, b"x" * 200_000))),
                    chance.choice(NAMES),
                )
            ]
        query = f"?{chance.choice(('done', 'page', 'shelf', 'next'))}={chance.choice(('%00', '%ff', '-1', 'x' * 3000))}"
        path = form.path if chance.random() < 0.9 else form.path.partition("?")[0] + query
        return self._open(who, "POST", path, data=self._proven(who, fields))

    def _bend(self, fields: dict[str, list[Any]], name: str) -> None:
        how = self._chance.choice(("another", "several", "none", "more"))
        if how == "none":
            del fields[name]
        elif how == "more":
            fields[f"{name}{self.text()[:20]}"] = [self.text()]
        else:
            fields[name] = [self.text()] if how == "another" else [self.text(), self.text()]

    def _bent_address(self) -> tuple[str, str, TestResponse]:
        chance = self._chance
        (endpoint, _), visit = chance.choice(list(VISITS.items()))
        who = visit.who if chance.random() < 0.4 else chance.choice(list(self._ground.visitors))
        path, _, query = address(self._ground.app, endpoint, visit, self._ground.scene).partition("?")
        if chance.random() < 0.5:
            parts = path.split("/")
            parts[chance.randrange(1, len(parts))] = self.text()[:200]
            path = "/".join(parts) or "/"
        names = [*re.findall(r"(\w+)=", query), *ASKED]
        more = [(chance.choice(names), self.text()[:500]) for _ in range(chance.randint(0, 3))]
        method = "GET" if chance.random() < 0.7 else chance.choice(METHODS)
        return self._open(
            who, method, path, query_string=more, headers=chance.choice(HEADERS) if chance.random() < 0.5 else {}
        )

    def _bent_body(self) -> tuple[str, str, TestResponse]:
        chance, form = self._chance, self._chance.choice(self._forms)
        who = form.who if chance.random() < 0.7 else chance.choice(list(self._ground.visitors))
        headers = {"X-Proof": self._proof(who), **(chance.choice(HEADERS) if chance.random() < 0.5 else {})}
        body = chance.choice(BODIES) + self.text().encode("utf-8", "replace")[:100]
        return self._open(
            who, chance.choice(METHODS), form.path, data=body, content_type=chance.choice(KINDS), headers=headers
        )

    def _proof(self, who: str) -> str:
        if who not in self._proofs:
            self._proofs[who] = "" if who == "nobody" else _proof_of(self._ground.visitors[who])
        return self._proofs[who]

    def _proven(self, who: str, fields: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {"proof": [self._proof(who)], **fields} if self._chance.random() < 0.95 else fields

    def _open(self, who: str, method: str, path: str, **sent: Any) -> tuple[str, str, TestResponse]:
        if ENDS_THE_VISIT.match(path):
            who = "nobody"
        answer = self._ground.visitors[who].client.open(path, method=method, **sent)
        return who, f"{method} {path[:120]!r} by {who} with {str(sent)[:600]}", answer


def _proof_of(visitor: Visitor) -> str:
    page = Visitor.parsed(visitor.get("/account"))
    return str(page.xpath("//input[@name='proof']")[0].value)


def wrong_with(who: str, what: str, answer: TestResponse) -> str:
    """What must not be of an answer, or nothing."""
    body = answer.get_data().decode(errors="replace")
    if "fernsby" in what:
        body = body.replace("fernsby", "")  # the search as it was typed, on a page of its own form
    elsewhere = urlsplit(answer.location or "").netloc not in ("", "localhost")
    kept = answer.headers.get("Cache-Control") not in ("no-store", "public, max-age=31536000, immutable")
    faults = {
        f"status {answer.status_code}": answer.status_code >= 500,
        "a name of others": who in STRANGERS and FOREIGN.search(body + str(answer.headers)),
        "something of the inside": "html" in answer.mimetype and INSIDE.search(body),
        "no policy": "default-src 'none'" not in answer.headers.get("Content-Security-Policy", ""),
        "sniffing": answer.headers.get("X-Content-Type-Options") != "nosniff",
        "kept": kept,
        "leads elsewhere": elsewhere,
        "no charset": answer.mimetype.startswith("text/") and "charset=utf-8" not in answer.content_type.lower(),
        "a header put in": "session=x" in str(answer.headers),
    }
    return ", ".join(fault for fault, there in faults.items() if there)


def test_no_bent_request_breaks_the_desk_or_tells_of_others(ground: Standing) -> None:
    attacker, statuses, faults = Attacker(ground, seed=11), Counter[int](), []
    for _ in range(MANY):
        who, what, answer = attacker.request()
        statuses[answer.status_code] += 1
        if fault := wrong_with(who, what, answer):
            faults.append(f"{fault}: {what}")
        answer.close()
    assert faults == []
    assert statuses[200] + statuses[302] > MANY // 10 and statuses[422] > MANY // 50, statuses
