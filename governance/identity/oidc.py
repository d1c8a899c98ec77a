"""Single sign-on: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636), nonce and state.

Nonce and code verifier are derived from the state by keyed hash, so that the database keeps only the state's hash,
once. The browser holds the state in a cookie: a stolen redirect is of no use in another browser.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlmodel import Session, col, delete

from governance.identity.errors import SingleSignOnError
from governance.identity.model import Person
from governance.identity.people import person_by_external_id
from governance.identity.tables import SignOnRow
from storage import KeyRing

# Asymmetric only: `none` and HMAC would let whoever knows the client secret, or nothing, sign in as anybody.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_LEEWAY_SECONDS = 60
_LIFETIME = timedelta(minutes=10)
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Provider:
    """What we know of the identity provider, and it of us."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_url: str
    claim: str = "sub"


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes to sign in, and the state it must bring back."""

    url: str
    state: str


class SignOn:
    """The client of one identity provider.

    Args:
        provider: the settings.
        http: a client with a timeout; redirects stay off.
        keys: derive nonce and verifier.
    """

    def __init__(self, provider: Provider, http: httpx.Client, keys: KeyRing) -> None:
        """Hold the parts; nothing is fetched yet, so that a provider that is down does not stop the start."""
        self._provider = provider
        self._http = http
        self._keys = keys

    def begin(
        self, session: Session, *, now: datetime, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> Departure:
        """Give the provider's sign-in address.

        Raises:
            SingleSignOnError: the provider does not answer, or answers for another issuer.
        """
        state = urlsafe_b64encode(entropy(32)).decode().rstrip("=")
        endpoint = _text(self._metadata(), "authorization_endpoint")
        session.exec(delete(SignOnRow).where(col(SignOnRow.expires_at) <= now))
        session.add(SignOnRow(state_hash=self._derived("state", state), expires_at=now + _LIFETIME))
        session.flush()
        url = prepare_grant_uri(
            endpoint,
            client_id=self._provider.client_id,
            response_type="code",
            redirect_uri=self._provider.redirect_url,
            scope="openid email" if self._provider.claim == "email" else "openid",
            state=state,
            nonce=self._derived("nonce", state),
            code_challenge=create_s256_code_challenge(self._derived("verifier", state)),
            code_challenge_method="S256",
        )
        return Departure(str(url), state)

    def spend_state(self, session: Session, *, returned: str, remembered: str, now: datetime) -> None:
        """Let a return pass once, in time, in the browser that left.

        Raises:
            SingleSignOnError: the state is another's, used, unknown or too old.
        """
        same = hmac.compare_digest(returned.encode(), remembered.encode())
        row = session.get(SignOnRow, self._derived("state", returned), with_for_update=True) if same else None
        if row is None or now >= row.expires_at:
            raise _failure("state")
        session.delete(row)
        session.flush()

    def claim(self, *, code: str, state: str, now: datetime) -> str:
        """Exchange the code and give the configured claim of the verified ID token. Holds no database session.

        Raises:
            SingleSignOnError: the provider refuses the code, or its token fails any check.
        """
        metadata = self._metadata()
        answer = self._json(
            "POST",
            _text(metadata, "token_endpoint"),
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._provider.redirect_url,
                "code_verifier": self._derived("verifier", state),
            },
            auth=httpx.BasicAuth(quote(self._provider.client_id, ""), quote(self._provider.client_secret, "")),
        )
        keys = self._json("GET", _text(metadata, "jwks_uri"))
        claims = self._verified(_text(answer, "id_token"), keys, answer, state, now)
        return _named(claims, self._provider.claim)

    def _verified(
        self, token: str, keys: Mapping[str, Any], answer: Mapping[str, Any], state: str, now: datetime
    ) -> dict[str, Any]:
        """Check signature and claims as OpenID Connect Core 1.0 §3.1.3.7 orders."""
        try:
            decoded = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS)  # type: ignore[arg-type]  # a JWKS read from JSON
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": self._provider.issuer},
                    "aud": {"essential": True, "value": self._provider.client_id},
                    "sub": {"essential": True},
                },
                params={
                    "nonce": self._derived("nonce", state),
                    "client_id": self._provider.client_id,
                    "access_token": answer.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise _failure("token") from error
        return dict(claims)

    def _metadata(self) -> dict[str, Any]:
        """Fetch the provider's own description (OpenID Connect Discovery 1.0 §4.3: the issuer must be the same)."""
        found = self._json("GET", f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._provider.issuer:
            raise _failure("issuer")
        return found

    def _json(self, method: str, url: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- httpx's own options
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOCAL:
            raise _failure("plain")
        try:
            answer = self._http.request(method, url, follow_redirects=False, **more)
            body = answer.json() if answer.status_code == httpx.codes.OK else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise _failure("answer") from error
        if not isinstance(body, dict):
            raise _failure("answer")
        return body

    def _derived(self, part: str, state: str) -> str:
        return urlsafe_b64encode(self._keys.keyed_hash(f"sign-on-{part}", state.encode())).decode().rstrip("=")


def person_of(session: Session, claim: str) -> Person:
    """Give the person whom the claim names.

    Raises:
        SingleSignOnError: the provider knows them, we don't.
    """
    person = person_by_external_id(session, claim)
    if person is None:
        raise _failure("person")
    return person


def _named(claims: Mapping[str, Any], claim: str) -> str:
    value = claims.get(claim)
    if not isinstance(value, str) or not value:
        raise _failure("claim")
    # An address that nobody confirmed could be anybody's.
    if claim == "email" and claims.get("email_verified") is not True:
        raise _failure("claim")
    return value


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise _failure("answer")
    return value


_REASONS = {
    "state": ("登录流程已过期或不是在本浏览器发起", "the sign-in has expired or began in another browser"),
    "issuer": ("身份提供方的标识不符", "the provider answers for another issuer"),
    "plain": ("身份提供方未使用 https", "the provider is not reached over https"),
    "answer": ("身份提供方未正常应答", "the provider did not answer as it should"),
    "token": ("身份令牌未通过校验", "the identity token failed its checks"),
    "claim": ("身份令牌缺少所需的信息", "the identity token lacks the claim it needs"),
    "person": ("该账号在此没有对应人员", "this account belongs to nobody here"),
}


def _failure(reason: str) -> SingleSignOnError:
    zh, en = _REASONS[reason]
    return SingleSignOnError(reason_zh=zh, reason_en=en)
