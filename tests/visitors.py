"""Somebody with a browser, for tests of pages in the test's own process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from lxml.html import HtmlElement
from scenes import Scene
from werkzeug.test import TestResponse

from intake.house import House


class Visitor:
    """Somebody with a browser. `page` gives the parsed page, `send` posts a form with the proof that pages carry."""

    def __init__(self, client: FlaskClient, token: str | None) -> None:
        self.client = client
        self.token = token

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def page(self, path: str) -> HtmlElement:
        response = self.client.get(path, follow_redirects=True)
        assert response.status_code == 200, (path, response.status_code)
        return self.parsed(response)

    @staticmethod
    def parsed(response: TestResponse) -> HtmlElement:
        return html.fromstring(response.get_data(as_text=True))

    def proof(self) -> str:
        page = html.fromstring(self.client.get("/sign-in", follow_redirects=True).get_data(as_text=True))
        (field, *_) = page.xpath("//input[@name='proof']")
        return str(field.value)

    def send(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        return self.client.post(path, data={"proof": self.proof(), **(data or {})}, **options)


@dataclass(frozen=True)
class Standing:
    """One house with its scene set, for all tests that only look."""

    app: Flask
    house: House
    scene: Scene
    visitors: dict[str, Visitor]


def text_of(page: HtmlElement) -> str:
    """What a reader sees of a page, white space collapsed."""
    return " ".join(page.text_content().split())
