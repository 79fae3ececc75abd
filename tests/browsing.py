"""What browser tests share: an open desk, a hand that counts what it does, and signing in as people do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from house import PASSWORD, Cast
from organisation import Organisation
from playwright.sync_api import Page
from scenes import Scene

from intake.house import House

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Desk:
    """A desk that is open: where, and the people who use it."""

    address: str
    house: House
    cast: Cast


@dataclass(frozen=True)
class Stage:
    """A desk with a referral in every state, on which the clock stands."""

    address: str
    house: House
    cast: Cast
    scene: Scene


@dataclass(frozen=True)
class Entrance:
    """A desk under a name of its own, as browsers ask of what proves identity, and the organisation's sign-in."""

    address: str
    house: House
    cast: Cast
    force: Organisation


@dataclass
class Hand:
    """Counts what a person does on a page: each click, choice of a file or filling-in of a form is one."""

    page: Page
    done: list[str] = field(default_factory=list)

    def click(self, name: str, role: str = "button") -> None:
        self.done.append(name)
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def choose(self, path: str) -> None:
        self.done.append("choose the file")
        self.page.locator("input[type=file]").set_input_files(path)


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Work email address").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
