"""Leads people to a page of another service: by a page of ours, since the content policy lets no form lead elsewhere."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response


def go_on(address: str, title: str) -> Response:
    """A page that leads on at once, with a link for browsers that do not."""
    response = make_response(render_template("going-on.html", address=address, title=title))
    response.headers["Refresh"] = f"0; url={address}"
    return response
