"""A server that speaks Vault's transit API truly enough to keep keys: versions, associated data, limits, sealing."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "hvs.test"


class RefusedError(Exception):
    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


@dataclass
class Transit:
    """One key of one mount."""

    keys: dict[int, bytes] = field(default_factory=lambda: {1: os.urandom(32)})
    least: int = 1
    available: int = 0
    sealed: bool = False
    requests: int = 0
    last_token: str | None = None

    def answer(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.requests += 1
        if self.sealed:
            raise RefusedError(503, "Vault is sealed")
        if self.last_token != TOKEN:
            raise RefusedError(403, "permission denied")
        acts = {
            ("GET", "keys/people"): self._read,
            ("POST", "encrypt/people"): lambda: self._encrypt(body),
            ("POST", "decrypt/people"): lambda: self._decrypt(body),
            ("POST", "keys/people/rotate"): self._rotate,
            ("POST", "keys/people/config"): lambda: self._config(body),
            ("POST", "keys/people/trim"): lambda: self._trim(body),
        }
        act = acts.get((method, path.removeprefix("/v1/transit/")))
        if act is None:
            raise RefusedError(404, "no handler")
        return act()

    def _read(self) -> dict[str, Any]:
        listed = {str(version): 1 for version in self.keys}
        return {"keys": listed, "min_decryption_version": self.least, "min_available_version": self.available}

    def _encrypt(self, body: dict[str, Any]) -> dict[str, Any]:
        version, nonce = max(self.keys), os.urandom(12)
        plain, bound = (base64.b64decode(body[name]) for name in ("plaintext", "associated_data"))
        sealed = nonce + AESGCM(self.keys[version]).encrypt(nonce, plain, bound)
        return {"ciphertext": f"vault:v{version}:{base64.b64encode(sealed).decode()}", "key_version": version}

    def _decrypt(self, body: dict[str, Any]) -> dict[str, Any]:
        _, mark, text = str(body["ciphertext"]).split(":")
        version = int(mark[1:])
        if version < self.least or version not in self.keys:
            raise RefusedError(400, "ciphertext or signature version is disallowed by policy (too old)")
        try:
            sealed = base64.b64decode(text, validate=True)
            plain = AESGCM(self.keys[version]).decrypt(
                sealed[:12], sealed[12:], base64.b64decode(body["associated_data"])
            )
        except (InvalidTag, ValueError) as error:
            raise RefusedError(400, "invalid ciphertext: unable to decrypt") from error
        return {"plaintext": base64.b64encode(plain).decode()}

    def _rotate(self) -> dict[str, Any]:
        self.keys[max(self.keys) + 1] = os.urandom(32)
        return {}

    def _config(self, body: dict[str, Any]) -> dict[str, Any]:
        self.least = int(body["min_decryption_version"])
        return {}

    def _trim(self, body: dict[str, Any]) -> dict[str, Any]:
        self.available = int(body["min_available_version"])
        if self.available > self.least:
            raise RefusedError(400, "minimum available version cannot be higher than minimum decryption version")
        self.keys = {version: key for version, key in self.keys.items() if version >= self.available}
        return {}


@contextmanager
def serving(transit: Transit) -> Iterator[str]:
    """Serve a key on the loopback and give the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            transit.last_token = self.headers.get("X-Vault-Token")
            try:
                status, document = 200, {"data": transit.answer(self.command, self.path, body or {})}
            except RefusedError as error:
                status, document = error.status, {"errors": [error.said]}  # type: ignore[dict-item]  # Vault's shape
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve  # noqa: N815 -- the handler's own names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
