"""An organisation's sign-in for tests: a real OpenID Connect provider on loopback, of Authlib's server parts, that can lie."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.core.util import create_half_hash
from flask import Flask, redirect, request
from house import SetClock
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from intake.people.provider import CALLBACK, Provider

CLIENT, SECRET = "referral-desk", "a secret of the desk & the provider: 1/2+3"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}) for _ in range(2))


@dataclass
class Client(ClientMixin):  # type: ignore[misc]
    """The desk, as the provider knows it."""

    callback: str
    proofs: list[str]
    client_id: str = CLIENT

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.callback

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.callback

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in self.proofs

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(SimpleNamespace):
    def get_redirect_uri(self) -> Any:
        return self.redirect_uri

    def get_scope(self) -> Any:
        return self.scope

    def get_nonce(self) -> Any:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    get_acr = get_amr = get_auth_time


@dataclass
class Organisation:
    """The provider. `says` are the claims of who signs in; the other fields are how it lies or fails."""

    address: str
    clock: SetClock
    callback: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    leaves_out: frozenset[str] = frozenset()
    discovery: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = field(default_factory=lambda: KEY)
    proofs: list[str] = field(default_factory=lambda: ["client_secret_basic"])
    away: frozenset[str] = frozenset()
    only_userinfo: frozenset[str] = frozenset()
    userinfo: dict[str, Any] = field(default_factory=dict)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    discovered: int = 0

    def settings(self, desk: str, **more: Any) -> Provider:
        self.callback = desk + CALLBACK
        return Provider(issuer=self.address, client_id=CLIENT, client_secret=SECRET, callback=self.callback, **more)

    def signs_in(self, subject: str, *groups: str, **more: Any) -> None:
        """Who is at the keyboard from now on."""
        self.says = {
            "sub": subject,
            "email": f"{subject}@force.example.org",
            "name": f"{subject.title()} Linnet",
            "groups": list(groups),
            **more,
        }

    def id_token(self, nonce: str | None, access_token: str) -> str:
        now = int(self.clock.now().timestamp())
        half = create_half_hash(access_token, "RS256")
        assert half is not None
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "at_hash": half.decode(),
            **{name: value for name, value in self.says.items() if name not in self.only_userinfo},
            **self.lies,
        }
        claims = {name: value for name, value in claims.items() if name not in self.leaves_out}
        if self.algorithm == "none":
            return str(
                jws.serialize_compact(
                    {"alg": "none"}, jwt.convert_claims(claims), OctKey.import_key("-" * 32), ["none"]
                )
            )
        return jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, self.key, [self.algorithm])


def _grant(organisation: Organisation) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, request: Any) -> None:
            told = request.payload.data
            organisation.codes[code] = Code(
                code=code,
                redirect_uri=request.payload.redirect_uri,
                scope=request.payload.scope,
                nonce=told.get("nonce"),
                code_challenge=told.get("code_challenge"),
                code_challenge_method=told.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Any) -> Code | None:
            return organisation.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del organisation.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> Any:
            return SimpleNamespace(id=organisation.says["sub"])

    return Grant


def _app(organisation: Organisation) -> Flask:
    app, tokens = Flask(__name__), set[str]()

    class Words(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            tokens.add(token["access_token"])
            return organisation.id_token(request.authorization_code.nonce, token["access_token"])

    server = AuthorizationServer(
        app, lambda _: Client(organisation.callback, organisation.proofs), lambda token, request: None
    )
    server.register_grant(_grant(organisation), [CodeChallenge(required=True), Words(require_nonce=True)])

    @app.before_request
    def fail() -> tuple[str, int] | None:
        organisation.discovered += request.path.startswith("/.well-known/")
        return ("out of order", 503) if request.path.strip("/") in organisation.away else None

    @app.get("/.well-known/openid-configuration")
    def discovery() -> dict[str, Any]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        more = {"userinfo_endpoint": "userinfo", "end_session_endpoint": "logout"}
        found = {name: f"{organisation.address}/{path}" for name, path in {**names, **more}.items()}
        return {"issuer": organisation.address, **found, **organisation.discovery}

    @app.get("/authorize")
    def authorize() -> Response:
        organisation.asked.append(request.args)
        grant = server.get_consent_grant(end_user=SimpleNamespace(id="x"))
        return server.create_authorization_response(grant_user=SimpleNamespace(id="x"), grant=grant)  # type: ignore[no-any-return]

    @app.post("/token")
    def token() -> Response:
        return server.create_token_response()  # type: ignore[no-any-return]

    @app.get("/jwks")
    def jwks() -> dict[str, Any]:
        return KeySet([KEY]).as_dict(private=False)  # type: ignore[return-value]

    @app.get("/userinfo")
    def userinfo() -> tuple[dict[str, Any], int]:
        known = request.headers.get("Authorization", "").removeprefix("Bearer ") in tokens
        return ({**organisation.says, **organisation.userinfo}, 200) if known else ({}, 401)

    @app.get("/logout")
    def logout() -> Response:
        organisation.asked.append(request.args)
        return redirect(request.args["post_logout_redirect_uri"])

    return app


@contextmanager
def organisation(clock: SetClock) -> Iterator[Organisation]:
    """A provider that listens until the test is over."""
    made = Organisation("", clock)
    server = make_server("127.0.0.1", 0, _app(made), threaded=True)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()


WEAK = {
    "HS256": OctKey.import_key(SECRET.ljust(64, "-")),
    "RS256": OTHER_KEY,
    "ES256": ECKey.generate_key("P-256", {"kid": "one"}),
}
"""Keys that are not the provider's, by the algorithm they are used with."""
