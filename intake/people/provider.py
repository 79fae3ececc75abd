"""Asks the organisation's own sign-in, an OpenID Connect provider, who somebody is, and believes only what is proven.

Authorization code with PKCE (RFC 7636), the provider's addresses and keys from its discovery document, the ID token verified as
OpenID Connect Core 1.0, section 3.1.3.7, says: signature by one of the provider's keys, issuer, audience, times, nonce.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, NamedTuple
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import is_secure_transport
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from extractors.models import Model
from intake.errors import DeskError, HouseError
from intake.now import Clock
from intake.people.tls import authorities

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
"""Signatures by a key that only the provider has: neither none at all nor one by the secret that we have too."""
SCOPES = "openid email profile"
PATIENCE = (4, 8)
"""Seconds to wait for a connection to the provider, and for each answer."""
LEEWAY = 60
"""Seconds by which the provider's clock may be off."""
REMEMBERED = timedelta(minutes=10)
"""How long the provider's addresses are used without asking for them again."""
LEFT_ALONE = timedelta(seconds=5)
"""How long a provider that did not answer is not asked again, so that nobody can keep the pages busy with waiting for it."""
LONGEST = 250
"""Characters of a subject, an address or a name that are taken."""
CALLBACK = "/sign-in/organisation/back"
"""The path of ours to which the provider sends people back."""
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")

log = logging.getLogger(__name__)


class Provider(Model):
    """Where people of the organisation sign in. `callback` is our address to which they come back.

    `groups` is the claim that lists a person's groups; `strong` has what the provider says, such as "amr:mfa", of somebody who
    gave it a second factor.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    callback: str
    groups: str = "groups"
    strong: frozenset[str] = frozenset()


class Told(Model):
    """What the provider says of somebody: `subject` is its own lasting name for the person. `strong`: with a second factor."""

    subject: str
    email: str | None
    name: str | None
    groups: frozenset[str]
    strong: bool


def checked(provider: Provider) -> Provider:
    """Raises HouseError where a provider could be read or changed on its way, or `strong` says what providers do not say."""
    if not (is_secure_transport(provider.issuer) and is_secure_transport(provider.callback)):
        raise HouseError("MAPPA_OIDC_ISSUER and MAPPA_ADDRESS must be addresses that begin with https://.")
    if not provider.client_id:
        raise HouseError(
            "With MAPPA_OIDC_ISSUER set MAPPA_OIDC_CLIENT_ID, the name under which the provider knows this desk."
        )
    if not all(re.fullmatch(r"(acr|amr):\S+", one) for one in provider.strong):
        raise HouseError("MAPPA_OIDC_STRONG must be words such as amr:mfa or acr:phr, with spaces between them.")
    return provider


class Secrets(NamedTuple):
    """What binds an answer of the provider to the question: see OpenID Connect Core and RFC 7636."""

    state: str
    nonce: str
    verifier: str


class ProviderAway(DeskError):
    """The provider does not answer, or not as a provider does."""

    code = "provider_away"


class NotBelieved(DeskError):
    """What came back proves nothing."""

    code = "not_believed"


class Asking:
    """One provider that is asked. Raises ProviderAway and NotBelieved; the log has the kind of problem and nobody's details."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        self.provider = provider
        self._clock = clock
        self._known: tuple[datetime, Mapping[str, Any]] | None = None
        self._failed: datetime | None = None

    def address(self, secrets: Secrets) -> str:
        """The provider's page to which somebody goes to sign in."""
        levels = sorted(one.removeprefix("acr:") for one in self.provider.strong if one.startswith("acr:"))
        more = {"acr_values": " ".join(levels)} if levels else {}
        with self._client() as client:
            found, _ = client.create_authorization_url(
                self._facts(client)["authorization_endpoint"],
                state=secrets.state,
                nonce=secrets.nonce,
                code_verifier=secrets.verifier,
                **more,
            )
        return str(found)

    def who(self, code: str, issuer: str | None, secrets: Secrets) -> Told:
        """Who came back with `code`; `issuer` is who the answer says it is from (RFC 9207)."""
        with self._client() as client:
            facts = self._facts(client)
            says_issuer = facts.get("authorization_response_iss_parameter_supported") is True
            if issuer != self.provider.issuer and (issuer is not None or says_issuer):
                raise _not_believed("issuer of the answer")
            client.token_endpoint_auth_method = self._way_of_proof(facts)
            try:
                token = client.fetch_token(
                    facts["token_endpoint"], code=code, code_verifier=secrets.verifier, grant_type="authorization_code"
                )
            except RequestException as error:
                raise _away(error) from None
            except (AuthlibBaseError, ValueError) as error:
                raise _not_believed(type(error).__name__) from None
            claims = self._verified(client, facts, token, secrets.nonce)
            return self._told(claims, self._more_of(client, facts, claims))

    def after_sign_out(self, back: str) -> str | None:
        """The provider's page that signs somebody out there too and then leads to `back`, where it has one.

        Without a hint whose sign-in is meant, which would put a name into an address, the provider asks the person itself.
        """
        try:
            with self._client() as client:
                end = self._facts(client).get("end_session_endpoint")
        except ProviderAway:
            return None
        if not isinstance(end, str) or not is_secure_transport(end):
            return None
        asked = urlencode({"client_id": self.provider.client_id, "post_logout_redirect_uri": back})
        return f"{end}{'&' if '?' in end else '?'}{asked}"

    def _client(self) -> OAuth2Session:
        client = OAuth2Session(
            self.provider.client_id,
            self.provider.client_secret,
            scope=SCOPES,
            redirect_uri=self.provider.callback,
            code_challenge_method="S256",
            default_timeout=PATIENCE,
        )
        client.verify = authorities()
        # Addresses come from the discovery document alone.
        client.max_redirects = 0
        return client

    def _facts(self, client: OAuth2Session) -> Mapping[str, Any]:
        """The provider's discovery document."""
        now = self._clock.now()
        if self._known is not None and now <= self._known[0] + REMEMBERED:
            return self._known[1]
        if self._failed is not None and now < self._failed + LEFT_ALONE:
            raise _away(TimeoutError())
        try:
            self._known = now, self._discovered(client)
        except ProviderAway:
            self._failed = now
            raise
        return self._known[1]

    def _discovered(self, client: OAuth2Session) -> Mapping[str, Any]:
        found = _fetched(client, f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        addresses = [str(found.get(name)) for name in NEEDED]
        if found.get("issuer") != self.provider.issuer or not all(map(is_secure_transport, addresses)):
            raise _away(ValueError())
        return found

    def _way_of_proof(self, facts: Mapping[str, Any]) -> str:
        """How we prove to the provider who we are."""
        if self.provider.client_secret is None:
            return "none"
        ways = facts.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"

    def _verified(self, client: OAuth2Session, facts: Mapping[str, Any], token: Any, nonce: str) -> CodeIDToken:
        keys = _fetched(client, facts["jwks_uri"])
        wanted = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }
        expected = {"nonce": nonce, "client_id": self.provider.client_id, "access_token": token.get("access_token")}
        try:
            read = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
            claims = CodeIDToken(read.claims, read.header, wanted, expected)
            claims.validate(now=int(self._clock.now().timestamp()), leeway=LEEWAY)
        except (JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise _not_believed(type(error).__name__) from None
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= LONGEST:
            raise _not_believed("subject")
        return claims

    def _more_of(self, client: OAuth2Session, facts: Mapping[str, Any], claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the ID token left out and the provider tells of the same person when it is asked."""
        address = facts.get("userinfo_endpoint")
        if (self.provider.groups in claims and "email" in claims) or not is_secure_transport(str(address)):
            return {}
        found = _fetched(client, str(address), as_person=True)
        if found.get("sub") != claims["sub"]:
            raise _not_believed("another person's details")
        return found

    def _told(self, claims: Mapping[str, Any], more: Mapping[str, Any]) -> Told:
        said = {**more, **claims}
        groups, name = _texts(said.get(self.provider.groups)), said.get("name")
        proofs = {f"{claim}:{one}" for claim in ("amr", "acr") for one in _texts(claims.get(claim))}
        return Told(
            subject=claims["sub"],
            email=_one_address(said.get("email")) if said.get("email_verified") is not False else None,
            name=" ".join(name.split())[:LONGEST] if isinstance(name, str) and name.strip() else None,
            groups=groups,
            strong=bool(self.provider.strong & proofs),
        )


def _fetched(client: OAuth2Session, address: str, *, as_person: bool = False) -> dict[str, Any]:
    try:
        answer = client.get(address, withhold_token=not as_person)
        answer.raise_for_status()
        found = answer.json()
    except (RequestException, AuthlibBaseError, ValueError) as error:
        raise _away(error) from None
    if not isinstance(found, dict):
        raise _away(ValueError())
    return found


def _texts(told: object) -> frozenset[str]:
    """A claim that lists words; a single word counts as a list of one, and anything else as nothing."""
    listed = told if isinstance(told, list) else [told]
    return frozenset(one for one in listed if isinstance(one, str))


def _one_address(told: object) -> str | None:
    """The address in lower case; None for what is none, or more than one."""
    plain = told.strip().lower() if isinstance(told, str) else ""
    local, at, domain = plain.rpartition("@")
    whole = bool(local and at and domain) and plain.isascii() and plain.isprintable() and parseaddr(plain)[1] == plain
    return plain if whole and len(plain) <= LONGEST else None


def _away(error: Exception) -> ProviderAway:
    log.warning("the single sign-on provider cannot be used: %s", type(error).__name__)
    return ProviderAway("The sign-in of your organisation does not answer.")


def _not_believed(why: str) -> NotBelieved:
    log.warning("an answer of the single sign-on provider was not believed: %s", why)
    return NotBelieved("What your organisation's sign-in sent back could not be used. Start again.")
