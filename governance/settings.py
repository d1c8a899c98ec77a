"""Settings of one deployment, frozen after the start: flag > environment > .env > TOML > default.

Environment names are the field names with `MINGJING_` before them; the TOML file is `mingjing.toml` in the working
folder. Secrets are never settings: keys lie in files of the data folder.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from governance.errors import SettingInvalidError
from governance.validation import fault_of
from storage.errors import Said

PREFIX = "MINGJING_"


class Settings(BaseSettings):
    """Everything a deployment may choose; each field's description is its line in the reference."""

    model_config = SettingsConfigDict(
        frozen=True, env_prefix=PREFIX, env_file=".env", extra="ignore", toml_file="mingjing.toml"
    )

    data_dir: Path = Field(Path("var"), description="folder of keys, embedded database, models and exports")
    database_url: str = Field("", description="database; empty means SQLite in the data folder")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8600, ge=0, le=65535, description="port to listen on")
    language: Literal["zh", "en"] = Field("zh", description="language of messages when the caller states none")
    demo: bool = Field(
        default=False, description="demo mode: the banner shows, demo people may sign in, nothing is sent"
    )
    allow_fixed_clock: bool = Field(default=False, description="accept the clock of a world file")
    origin: str = Field("mingjing.example/log", min_length=1, description="name of the log in its checkpoints")
    controller: str = Field("明镜示例保险公司", description="who decides purpose and means; stands in receipts")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")
    log_format: Literal["json", "text"] = Field("json", description="form of log lines on stderr")
    session_hours: int = Field(12, ge=1, le=168, description="hours until a console session ends for good")
    session_idle_minutes: int = Field(30, ge=1, description="minutes of rest after which a session ends")
    token_hours: int = Field(720, ge=1, description="hours an API token lives when none are named")
    hold_seconds: int = Field(10, ge=0, le=60, description="seconds in which a console decision can be undone")
    request_days: int = Field(14, ge=1, le=366, description="days until an undecided access request lapses")
    break_glass_minutes: int = Field(60, ge=1, le=240, description="minutes of emergency access when none are named")
    recheck_percent: float = Field(
        1.0, ge=0, le=100, description="decisions in a hundred that are made a second time, rule by rule"
    )
    query_seconds: float = Field(10.0, gt=0, description="seconds a statement may run")
    query_rows: int = Field(100_000, ge=1, description="rows a statement may return as JSON")
    query_bulk_rows: int = Field(5_000_000, ge=1, description="rows a statement may return as Arrow, CSV or Parquet")
    query_memory_mb: int = Field(1024, ge=64, description="memory of the query worker, in MiB")
    lookups_hourly: int = Field(30, ge=1, description="look-ups by key that one person may make in an hour")
    purpose_lookups_hourly: int = Field(600, ge=1, description="look-ups by key that one purpose may see in an hour")
    cipher_suite: Literal["aes-256-gcm", "sm4-gcm"] = Field("aes-256-gcm", description="cipher of fields and keys")
    key_keeper: Literal["file", "vault"] = Field("file", description="who keeps the master keys of people's keys")
    vault_address: str = Field("", description="address of HashiCorp Vault, such as https://vault.example:8200")
    vault_key: str = Field("mingjing", min_length=1, description="name of the transit key in Vault")
    vault_mount: str = Field("transit", min_length=1, description="where Vault's transit engine is mounted")
    vault_token_file: Path | None = Field(None, description="file whose first line is the token for Vault")
    key_passphrase_file: Path | None = Field(None, description="file whose first line is the passphrase of key files")
    key_cache: int = Field(10_000, ge=0, description="people's keys held unwrapped at most")
    key_minutes: float = Field(15.0, gt=0, description="minutes a key may be used without being unwrapped again")
    recognisers_file: Path | None = Field(None, description="YAML of this deployment's own recognisers and name models")
    notary_seconds: float = Field(10.0, gt=0, description="seconds an answer waits for its entry, then it is refused")
    spark_master: str = Field("local[*]", min_length=1, description="Spark cluster for `spark+…` addresses")
    secure_cookies: bool = Field(default=False, description="mark cookies Secure; set it wherever TLS is")
    oidc_issuer: str = Field("", description="issuer of single sign-on; empty switches it off")
    oidc_client_id: str = Field("", description="client id at the issuer")
    oidc_client_secret_file: Path | None = Field(None, description="file that holds the client secret")
    oidc_claim: str = Field("sub", description="claim that names the person")
    oidc_redirect_url: str = Field("", description="address of our own /auth/callback as the issuer knows it")

    @property
    def database(self) -> str:
        """Give the database URL, the embedded one where none is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'mingjing.db'}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- pydantic-settings' signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources; secrets by file are not settings here."""
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)


def read_settings(flags: Mapping[str, Any]) -> Settings:
    """Read the settings, with what the command line said on top.

    Raises:
        SettingInvalidError: a value is out of range or of the wrong kind; names it and its source.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise SettingInvalidError(name=name, source=_origin(name, given), reason=fault_of(first)) from error
    except ValueError as error:
        at = re.search(r"line (\d+)", str(error))
        reason = (
            Said(f"第 {at[1]} 行不是 TOML", f"line {at[1]} is no TOML") if at else Said("不是 TOML", "it is no TOML")
        )
        raise SettingInvalidError(name="mingjing.toml", source="TOML", reason=reason) from error


def origins(flags: Mapping[str, Any]) -> dict[str, str]:
    """Give, for every setting, where its value came from: flag, environment, .env, TOML or default."""
    given = {name for name, value in flags.items() if value is not None}
    return {name: _origin(name, dict.fromkeys(given)) for name in Settings.model_fields}


def _origin(name: str, given: Mapping[str, Any]) -> str:
    if name in given:
        return "flag"
    for label, source in (
        (f"environment {PREFIX}{name.upper()}", EnvSettingsSource(Settings)),
        (".env", DotEnvSettingsSource(Settings)),
        ("mingjing.toml", TomlConfigSettingsSource(Settings)),
    ):
        if name in source():
            return label
    return "default"
