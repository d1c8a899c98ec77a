"""Master keys kept by HashiCorp Vault's transit engine, which they never leave.

Source: the HTTP API of Vault's transit secrets engine (developer.hashicorp.com/vault/api-docs/secret/transit).
The key is of type aes256-gcm96 and is made by Vault's operator. Its versions are ours; a retired one is trimmed.
The token needs `update` on encrypt, decrypt, rotate, config and trim of this key, and `read` on the key itself.
"""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from storage.errors import MasterKeyUnavailableError, Said, SealBrokenError
from storage.keyfiles import read_passphrase

_BAD_REQUEST = 400
_OK = 300
_SILENT = Said("没有应答", "it does not answer")
_STRANGE = Said("应答无法理解", "its answer can't be understood")
_NEWEST = Said("最新版本不能销毁", "the newest version can't be retired")
_REFUSED: Mapping[int, Said] = {
    403: Said("令牌无权使用该密钥", "the token may not use this key"),
    404: Said("没有该密钥或引擎路径", "there is no such key or mount"),
    429: Said("请求过多", "too many requests"),
    503: Said("它被封存或正在维护", "it is sealed or in maintenance"),
}


class VaultMasterKeys:
    """Master keys in Vault; one round trip a wrap or unwrap."""

    name = "vault"

    def __init__(self, address: str, key: str, token_file: Path | None, mount: str = "transit") -> None:
        """Name the key; nothing is asked of Vault yet.

        Args:
            address: such as `https://vault.example:8200`.
            key: the transit key's name.
            token_file: its first line is the token; read anew for each request, so that an agent may renew it.
            mount: where the transit engine is mounted.
        """
        self._key = key
        self._mount = mount
        self._token_file = token_file
        self._client = httpx.Client(base_url=address, timeout=10.0)

    def versions(self) -> tuple[int, ...]:
        """Give the versions that Vault can still decrypt with."""
        found = self._asked("GET", f"keys/{self._key}")
        try:
            least = max(int(found["min_decryption_version"]), int(found.get("min_available_version", 0)))
            return tuple(version for version in sorted(map(int, found["keys"])) if version >= least)
        except (KeyError, TypeError, ValueError) as error:
            raise MasterKeyUnavailableError(provider=self.name, reason=_STRANGE) from error

    def wrap(self, key: bytes, context: bytes) -> tuple[int, bytes]:
        """Wrap under the newest version."""
        found = self._asked(
            "POST", f"encrypt/{self._key}", {"plaintext": _text(key), "associated_data": _text(context)}
        )
        wrapped = str(found.get("ciphertext", ""))
        marks = wrapped.split(":")
        if len(marks) != 3 or not marks[1].startswith("v") or not marks[1][1:].isdecimal():  # noqa: PLR2004 -- vault:vN:data
            raise MasterKeyUnavailableError(provider=self.name, reason=_STRANGE)
        return int(marks[1][1:]), wrapped.encode()

    def unwrap(self, version: int, wrapped: bytes, context: bytes) -> bytes:
        """Unwrap; Vault reads the version from the wrapped key itself."""
        if not wrapped.startswith(f"vault:v{version}:".encode()):
            raise SealBrokenError
        body = {"ciphertext": wrapped.decode("ascii", "replace"), "associated_data": _text(context)}
        found = self._asked("POST", f"decrypt/{self._key}", body, broken=True)
        try:
            return base64.b64decode(str(found["plaintext"]), validate=True)
        except (KeyError, ValueError) as error:
            raise MasterKeyUnavailableError(provider=self.name, reason=_STRANGE) from error

    def rotate(self) -> int:
        """Ask Vault for a new version."""
        self._asked("POST", f"keys/{self._key}/rotate")
        return self.versions()[-1]

    def retire(self, version: int) -> None:
        """Trim the key so that this version and all older ones are gone for good."""
        if version >= self.versions()[-1]:
            raise MasterKeyUnavailableError(provider=self.name, reason=_NEWEST)
        least = version + 1
        config = {"min_decryption_version": least, "min_encryption_version": least}
        self._asked("POST", f"keys/{self._key}/config", config)
        self._asked("POST", f"keys/{self._key}/trim", {"min_available_version": least})

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _asked(
        self, method: str, path: str, body: Mapping[str, object] | None = None, *, broken: bool = False
    ) -> Mapping[str, Any]:
        headers = {"X-Vault-Request": "true"}
        token = read_passphrase(self._token_file)
        if token is not None:
            headers["X-Vault-Token"] = token.decode("ascii", "replace")
        try:
            answer = self._client.request(method, f"/v1/{self._mount}/{path}", json=body, headers=headers)
        except httpx.HTTPError as error:
            raise MasterKeyUnavailableError(provider=self.name, reason=_SILENT) from error
        if broken and answer.status_code == _BAD_REQUEST:
            raise SealBrokenError
        if answer.status_code >= _OK:
            said = Said(f"状态码 {answer.status_code}", f"status {answer.status_code}")
            raise MasterKeyUnavailableError(provider=self.name, reason=_REFUSED.get(answer.status_code, said))
        return _data(answer)


def _data(answer: httpx.Response) -> Mapping[str, Any]:
    if not answer.content:
        return {}
    try:
        data = answer.json().get("data")
    except (ValueError, AttributeError) as error:
        raise MasterKeyUnavailableError(provider=VaultMasterKeys.name, reason=_STRANGE) from error
    return data if isinstance(data, dict) else {}


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
