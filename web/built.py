"""Serves the compiled style sheets and scripts, which browsers may keep for a year because their address changes with them."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, abort, make_response, request, send_from_directory

from intake.errors import HouseError
from web.session import for_everybody

BUILT = Path(__file__).parent / "static" / "built"
YEAR = 365 * 24 * 3600
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

pages = Blueprint("built", __name__)


def version() -> str:
    """The folder of the present build. Raises HouseError when there is none."""
    try:
        return (BUILT / "current").read_text()
    except FileNotFoundError:
        raise HouseError("The style sheets are not built: run scripts/assets once, then start again.") from None


@pages.get("/built/<build>/<path:name>")
@for_everybody
def built(build: str, name: str) -> Response:
    """One compiled file, in compressed form where the browser takes that."""
    suffix = Path(name).suffix
    if suffix not in TYPES:
        abort(404)
    zipped = request.accept_encodings.quality("gzip") > 0
    path = name + ".gz" if zipped else name
    response = make_response(send_from_directory(BUILT, f"{build}/{path}", mimetype=TYPES[suffix]))
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def connect(app: Flask) -> None:
    """Give templates the address of a compiled file."""
    build = version()
    app.register_blueprint(pages)
    app.jinja_env.globals["asset"] = lambda name: f"/built/{build}/{name}"
