"""A small identity provider for tests: real HTTP on loopback, RS256 tokens by joserfc, PKCE checked.

`spoil` changes what the next token says, to prove that each lie is refused.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT = "mingjing"
CLIENT_SECRET = "an invented secret"


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class ProviderSimulator:
    """Answers discovery, authorization, token and keys as OpenID Connect Core 1.0 says."""

    def __init__(self, now: datetime) -> None:
        self.now = int(now.timestamp())
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k1"})
        self.issuer = ""
        self.subject: dict[str, Any] = {"sub": "lin", "email": "lin@insurer.example", "email_verified": True}
        self.spoil: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.stated_issuer: str | None = None
        self.asked: dict[str, dict[str, str]] = {}
        self.app = self._app()

    def _app(self) -> FastAPI:
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self.metadata)
        app.get("/authorize")(self.authorize)
        app.post("/token")(self.token)
        app.get("/keys")(self.keys)
        return app

    def metadata(self) -> dict[str, str]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.stated_issuer or self.issuer} | {k: f"{self.issuer}/{v}" for k, v in ends.items()}

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?code={code}&state={asked['state']}", 302)

    def token(self, request: Request, code: str = Form(), code_verifier: str = Form()) -> Response:
        asked = self.asked.pop(code, None)
        basic = base64.b64encode(f"{CLIENT}:an%20invented%20secret".encode()).decode()
        digest = hashlib.sha256(code_verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = asked is not None and asked["code_challenge_method"] == "S256"
        if not known or asked["code_challenge"] != challenge or request.headers["authorization"] != f"Basic {basic}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])})

    def id_token(self, nonce: str) -> str:
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": self.now, "exp": self.now + 300, "nonce": nonce}
        claims = {k: v for k, v in (claims | self.subject | self.spoil).items() if v is not None}
        if self.algorithm == "none":
            return f"{_segment({'alg': 'none'})}.{_segment(claims)}."
        if self.algorithm == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET * 2))
        return jwt.encode({"alg": self.algorithm, "kid": "k1"}, claims, self.key)

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def visit(self, url: str) -> dict[str, str]:
        """Do what the browser does: follow the address, sign in, come back with code and state."""
        answer = httpx.get(url)
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in query.items()}


@contextmanager
def serve(app: Any) -> Iterator[str]:
    """Serve an app on a free loopback port and give its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
