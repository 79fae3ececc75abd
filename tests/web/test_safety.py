"""What holds of every page: marked, light, nothing inline, nothing stored, nobody's details in an address."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask, g
from house import Cast
from lxml import html
from scenes import Scene
from visitors import Visitor, text_of
from werkzeug.test import TestResponse

from intake.house import House
from intake.models import Person
from web.built import BUILT, version
from web.forgery import holds, proof
from web.headers import compressed
from web.logs import OneLine
from web.session import COOKIE, HOST_COOKIE

LARGEST = 60_000
DETAILS = re.compile(r"quillfeather|fernsby|tobias|rosalind|nettlebed|2010-04-02", re.IGNORECASE)


def test_every_page_is_marked_titled_and_has_one_heading(every_page: dict[str, TestResponse]) -> None:
    for name, response in every_page.items():
        page = html.fromstring(response.get_data(as_text=True))
        assert text_of(page).count("OFFICIAL-SENSITIVE") >= 2, name
        assert page.get("lang") == "en", name
        assert len(page.xpath("//h1")) == 1, name
        assert page.xpath("//title")[0].text.endswith("MAPPA referral desk"), name
        assert page.xpath("//main[@id='main-content']"), name


def test_no_page_has_anything_inline(every_page: dict[str, TestResponse]) -> None:
    for name, response in every_page.items():
        page = html.fromstring(response.get_data(as_text=True))
        assert not page.xpath("//style | //*[@style] | //script[not(@src)] | //iframe | //object"), name
        assert not page.xpath("//@*[starts-with(name(), 'on')]"), name
        assert "unsafe" not in response.headers["Content-Security-Policy"], name
        assert "default-src 'none'" in response.headers["Content-Security-Policy"], name


def test_no_address_on_any_page_names_anybody(every_page: dict[str, TestResponse]) -> None:
    for name, response in every_page.items():
        page = html.fromstring(response.get_data(as_text=True))
        found = [link for link in page.xpath("//@href | //@src | //@action") if DETAILS.search(link)]
        assert not found, (name, found)


def test_no_page_is_kept_by_a_browser_or_a_proxy(every_answer: dict[str, TestResponse]) -> None:
    for name, response in every_answer.items():
        wanted = "public, max-age=31536000, immutable" if name == "GET built.built" else "no-store"
        assert response.headers["Cache-Control"] == wanted, name
        assert response.headers["X-Content-Type-Options"] == "nosniff", name
        assert response.headers["X-Frame-Options"] == "DENY", name


def test_every_form_on_every_page_carries_its_proof(every_page: dict[str, TestResponse]) -> None:
    for name, response in every_page.items():
        page = html.fromstring(response.get_data(as_text=True))
        for form in page.xpath("//form[@method='post']"):
            assert len(form.xpath(".//input[@name='proof']")) == 1, name


def test_every_page_stays_under_60_kb_with_all_it_loads_but_pictures(every_page: dict[str, TestResponse]) -> None:
    shared = sum(path.stat().st_size for path in (BUILT / version()).rglob("*.gz"))
    for name, response in every_page.items():
        size = len(compressed(response.get_data())) + shared
        assert size < LARGEST, (name, size)


def test_a_compressed_page_is_the_page_and_its_length_varies() -> None:
    body = b"the same page " * 200
    made = [compressed(body) for _ in range(50)]
    assert {gzip.decompress(one) for one in made} == {body}
    assert len({len(one) for one in made}) > 10


def test_the_cookie_is_an_opaque_token_and_nothing_else(app: Flask, cast: Cast, house: House, nobody: Visitor) -> None:
    page = Visitor.parsed(nobody.client.get("/sign-in", base_url="https://localhost"))
    before = nobody.client.get_cookie(HOST_COOKIE)
    form = {
        "proof": page.xpath("//input[@name='proof']")[0].value,
        "email": "yot@example.org",
        "password": "correct horse battery",
    }
    response = nobody.client.post("/sign-in", data=form, base_url="https://localhost")
    (header,) = response.headers.getlist("Set-Cookie")
    assert "HttpOnly" in header and "SameSite=Lax" in header and "Secure" in header
    assert response.headers["Strict-Transport-Security"]
    assert before is not None and before.value not in header, "a token from before signing in is worth nothing after"
    assert re.fullmatch(rf"{HOST_COOKIE}=[\w-]{{43}}", header.partition(";")[0])
    assert "Path=/" in header and "Domain" not in header, "else browsers refuse a cookie of this name"


def test_over_tls_a_cookie_that_another_host_could_have_planted_is_not_believed(yot: Visitor) -> None:
    assert yot.client.get("/referrals").status_code == 200
    assert yot.client.get("/referrals", base_url="https://localhost").status_code == 302


def test_after_signing_out_the_token_opens_nothing(yot: Visitor) -> None:
    assert yot.token
    yot.send("/sign-out")
    yot.client.set_cookie(COOKIE, yot.token)
    assert yot.get("/referrals").status_code == 302


def test_a_proof_holds_only_for_the_browser_it_was_made_for(app: Flask) -> None:
    with app.test_request_context():
        app.preprocess_request()
        made, again = proof(), proof()
        token = g.token
    assert made != again and holds(made, token) and holds(again, token)
    assert not holds(made, "another token")
    assert not holds(made, None)


@pytest.mark.parametrize(
    "where", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "/ok\r\nX: y"]
)
def test_signing_in_never_leads_to_another_site(nobody: Visitor, where: str) -> None:
    response = nobody.send("/sign-in", {"email": "yot@example.org", "password": "correct horse battery", "next": where})
    assert response.status_code == 302
    assert urlsplit(response.location).netloc == "" and response.location == "/"


def test_what_was_typed_when_a_session_ended_is_sent_after_signing_in_again(
    visitor: Callable[[Person], Visitor], cast: Cast, house: House, scene: Scene
) -> None:
    person = visitor(cast.yot)
    case = house.views.case(cast.yot, scene.gaps)
    question = next(q for q in case.clarifications if q.key == "referral.added_value")
    path, name = f"/referrals/{scene.gaps}/questions", f"q-{question.id}"
    typed = {"proof": person.proof(), name: "Housing & <surveillance>", "then": "send"}
    assert person.token
    house.people.close_session(person.token)
    response = person.client.post(path, data=typed)
    assert response.status_code == 401
    page = person.parsed(response)
    form = {field.name: field.value for field in page.xpath("//main//input[@type='hidden']")}
    form |= {"email": "yot@example.org", "password": "correct horse battery"}
    carry_on = person.parsed(person.client.post("/sign-in", data=form))
    (last,) = carry_on.xpath("//main//form")
    assert last.get("action") == path
    sent = person.client.post(path, data=dict(last.form_values()))
    assert sent.status_code == 302
    answers = house.views.case(cast.yot, scene.gaps)
    assert answers.form is not None
    assert answers.form.value("referral.added_value") == "Housing & <surveillance>"


def test_a_form_from_a_page_opened_before_signing_in_again_gives_back_what_was_typed(
    yot: Visitor, scene: Scene
) -> None:
    response = yot.client.post(f"/referrals/{scene.gaps}/withdraw", data={"proof": "old", "reason": "Typed at length"})
    assert response.status_code == 403
    text = text_of(yot.parsed(response))
    assert "Typed at length" in text and "Nothing was sent" in text


def test_a_failure_of_ours_says_nothing_of_the_case_and_logs_only_where(
    app: Flask, yot: Visitor, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Quillfeather, Tobias")

    monkeypatch.setattr(house.views, "my_referrals", fail)
    response = yot.get("/referrals")
    assert "may not have arrived" not in response.get_data(as_text=True)
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.get_data(as_text=True)
    logged = "".join(OneLine().format(record) for record in caplog.records)
    assert "Quillfeather" not in response.get_data(as_text=True) + logged
    reference = re.search(r"the number (\w{8})", response.get_data(as_text=True))
    assert reference and reference[1] in logged and "RuntimeError" in logged


def test_a_file_that_met_a_failure_of_ours_is_not_taken_for_received(
    yot: Visitor, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disc is full")

    monkeypatch.setattr(house.desk, "receive", fail)
    response = yot.send("/referrals/send", {"forms": (io.BytesIO(b"a form"), "form.pdf")})
    assert response.status_code == 500
    assert "What you sent just now may not have arrived" in text_of(yot.parsed(response))


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/rules/nothing", 404), ("/referrals/sendings/x", 404)]
)
def test_addresses_that_lead_nowhere_get_a_page(yot: Visitor, path: str, status: int) -> None:
    response = yot.get(path)
    assert response.status_code == status
    assert "Go to the start page" in response.get_data(as_text=True) or "/sendings/" in path


def test_an_address_that_is_only_for_sending_gets_a_page(coordinator: Visitor) -> None:
    assert coordinator.get("/queue/find").status_code == 405


def test_no_module_of_the_pages_writes_to_a_log_but_those_for_failures_and_for_form() -> None:
    folder = Path(__file__).parents[2] / "web"
    writing = [path.name for path in folder.glob("*.py") if re.search(r"\blogg(er|ing)\b|\bprint\(", path.read_text())]
    assert sorted(writing) == ["errors.py", "logs.py"]


def test_no_script_stores_anything_in_the_browser() -> None:
    scripts = list((Path(__file__).parents[2] / "web" / "assets").glob("*.js"))
    stores = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.")
    assert len(scripts) > 1 and [path.name for path in scripts if stores.search(path.read_text())] == []


def test_an_address_with_a_sign_that_no_text_holds_gets_a_page(yot: Visitor) -> None:
    assert yot.get("/referrals/sendings/a%00b").status_code == 404
    assert yot.get("/referrals/sendings/a%00b/results.csv").status_code == 404
