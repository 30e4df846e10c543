"""Settings, read once here at the edge: the environment (`ASKIVE_...`) and a TOML file; unknown keys are refused."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin

from limits import parse as parse_rate
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from archive.errors import AskiveError
from embeddings.placement import Milvus, Placement

DEFAULT_HOME = Path("askive-data")


class SettingsError(AskiveError):
    """A setting that is unknown or has a value it cannot have."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _origin(value: str) -> str:
    if value != "*" and not re.fullmatch(r"https?://[^/\s]+", value):
        raise ValueError(f"{value!r} is no origin, such as https://news.example (no path, no slash at the end)")
    return value


def _network(value: str) -> str:
    """The network that an address or a network stands for: whoever compares with it wants no bits beyond its mask."""
    return str(ipaddress.ip_network(value, strict=False))


def _rate(value: str) -> str:
    if value:
        parse_rate(value)
    return value


class EncoderSettings(_Part):
    """Which embedding model: empty for the packaged all-MiniLM-L6-v2, else a name or folder."""

    model: str | None = None


class StoreSettings(_Part):
    """Where articles, conversations and feedback are kept, if not in the home: postgresql+psycopg://user@host/name."""

    url: SecretStr | None = None


class IndexSettings(_Part):
    """Where passages are searched: in the home's files, or in Milvus at `uri` (a cluster's, or a Milvus Lite file).

    `name` is what its collections begin with, `kind` Milvus's type of the dense index.
    """

    backend: Literal["faiss", "milvus"] = "faiss"
    uri: str | None = None
    token: SecretStr | None = None
    name: str = Field(default="askive", pattern=r"^[A-Za-z_]\w{0,63}$")
    kind: str = "AUTOINDEX"

    @model_validator(mode="after")
    def _somewhere(self) -> IndexSettings:
        if (self.backend == "milvus") != (self.uri is not None):
            raise ValueError("backend milvus and uri go together: each needs the other")
        return self


class AnswerSettings(_Part):
    """When to answer: below `threshold` (a probability) the service abstains; None takes the home's calibration."""

    threshold: float | None = Field(default=None, ge=0, le=1)
    top_k: int = Field(default=4, ge=1, le=50)


class ReaderSettings(_Part):
    """Which model reads passages: empty for the shipped one, else a SQuAD 2.0 model's hub name or folder.

    "baseline" ranks sentences by likeness to the question: to compare with, not to be believed.
    """

    model: str | None = None


class RerankSettings(_Part):
    """A cross-encoder that orders hits before they are read: a hub name or folder; empty for none."""

    model: str | None = None


class LLMSettings(_Part):
    """Any server that speaks the OpenAI protocol; no `base_url` means that the archive's own words are the answer.

    `timeout` (s) bounds each wait and a third of the whole reply; `patience` (s) is how long its first sentence is
    waited for before the archive's own is shown, and twice as long as a follow-up's rewriting; `prompt_tokens` bounds
    what is sent, `max_tokens` what is asked for. The key comes from the environment variable ASKIVE_LLM_API_KEY alone.
    """

    base_url: str | None = None
    model: str = "default"
    timeout: float = Field(default=10.0, gt=0, le=600)
    patience: float = Field(default=0.8, gt=0, le=600)
    retries: int = Field(default=1, ge=0, le=5)
    max_tokens: int = Field(default=400, ge=16, le=8000)
    prompt_tokens: int = Field(default=2500, ge=300, le=100_000)


class ConversationSettings(_Part):
    """What is kept: the last `max_turns` of each, none older than `max_age_days`, the newest `max_count` or so."""

    max_turns: int = Field(default=20, ge=1, le=500)
    max_age_days: float = Field(default=30, gt=0)
    max_count: int = Field(default=10_000, ge=1)


class ApiSettings(_Part):
    """The HTTP edge. No allowed origin means that only pages of the same origin may call.

    `readers` says whether asking needs a key; changing articles always does. `allowed_hosts` are the names in the
    Host header that are answered (none named: all). Forwarded addresses are believed from `trusted_proxies` alone.
    """

    allowed_origins: list[Annotated[str, AfterValidator(_origin)]] = []
    allowed_hosts: list[str] = []
    trusted_proxies: list[Annotated[str, AfterValidator(_network)]] = []
    readers: Literal["open", "key"] = "open"
    workers: int = Field(default=2, ge=1, le=64)


class RoomSettings(_Part):
    """The reading room at `/`: its title, and questions that it suggests."""

    title: str = Field(default="Ask the archive", min_length=1)
    questions: list[str] = []


class LimitSettings(_Part):
    """What one caller may take. Rates are such as "600/minute", or "" for none; sizes in bytes, times in seconds.

    `patience` is within how long a question is to be answered: one that would wait for its turn and not be done by
    then is refused at once. One that finds a free worker is begun.
    """

    rate_by_address: Annotated[str, AfterValidator(_rate)] = "1200/minute"
    rate_by_key: Annotated[str, AfterValidator(_rate)] = "6000/minute"
    body: int = Field(default=1 << 20, ge=1024)
    upload: int = Field(default=32 << 20, ge=1024)
    connections_by_address: int = Field(default=256, ge=1)
    head_seconds: float = Field(default=10, gt=0)
    body_seconds: float = Field(default=20, gt=0)
    answer_seconds: float = Field(default=60, gt=0)
    unread_seconds: float = Field(default=30, gt=0)
    patience: float = Field(default=2.0, gt=0)


class LogSettings(_Part):
    """What is logged, as JSON lines on standard error. Questions are personal: only when switched on."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    questions: bool = False


class TracingSettings(_Part):
    """Where spans go (OTLP over HTTP, e.g. http://127.0.0.1:4318/v1/traces); none means no tracing."""

    endpoint: str | None = None


class FetchSettings(_Part):
    """What `askive ingest https://...` may fetch besides public addresses: networks such as 10.2.0.0/16."""

    allowed_networks: list[Annotated[str, AfterValidator(_network)]] = []
    max_bytes: int = Field(default=64 << 20, ge=1024)
    seconds: float = Field(default=60, gt=0)


class _Environment(EnvSettingsSource):
    """The variables: ASKIVE_PART__SETTING, or ASKIVE_PART, a whole part as JSON; a list divided by commas, or JSON."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: str) -> Any:
        if get_origin(field.annotation) is list and not value.lstrip().startswith("["):
            return [each.strip() for each in value.split(",") if each.strip()]
        try:
            return json.loads(value)
        except ValueError as error:  # told without the value, which may be a secret
            ours = (name for name, held in os.environ.items() if held == value and name.upper().startswith("ASKIVE_"))
            name = next(name for name in ours if name.lower().endswith(field_name))
            raise SettingsError(f"the environment variable {name} is no JSON: {error}") from error


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ASKIVE_", env_nested_delimiter="__", extra="forbid")

    home: Path = DEFAULT_HOME
    store: StoreSettings = StoreSettings()
    index: IndexSettings = IndexSettings()
    encoder: EncoderSettings = EncoderSettings()
    answer: AnswerSettings = AnswerSettings()
    reader: ReaderSettings = ReaderSettings()
    rerank: RerankSettings = RerankSettings()
    api: ApiSettings = ApiSettings()
    room: RoomSettings = RoomSettings()
    llm: LLMSettings = LLMSettings()
    llm_api_key: SecretStr | None = None
    conversations: ConversationSettings = ConversationSettings()
    limits: LimitSettings = LimitSettings()
    log: LogSettings = LogSettings()
    tracing: TracingSettings = TracingSettings()
    fetch: FetchSettings = FetchSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment before what is handed over, which is the file's."""
        return _Environment(settings_cls), init_settings

    def placement(self) -> Placement:
        """What is kept elsewhere than in the home."""
        index, milvus = self.index, None
        if index.uri is not None:
            token = index.token.get_secret_value() if index.token else ""
            milvus = Milvus(index.uri, token, index.name, index.kind)
        return Placement(self.store.url.get_secret_value() if self.store.url else None, milvus)

    def conversations_at(self) -> str | Path:
        """The URL or the file of the database of conversations and feedback."""
        return self.placement().store or self.home / "conversations.sqlite"


def load_settings(home: Path | None = None) -> Settings:
    """Read a home's settings: HOME/askive.toml, then the environment, which wins. SettingsError names a bad key."""
    place = home or Path(os.environ.get("ASKIVE_HOME", DEFAULT_HOME))
    file = place / "askive.toml"
    try:
        values: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error
    if "llm_api_key" in values:
        raise SettingsError(f"{file}: a key does not belong in a file; set the environment variable ASKIVE_LLM_API_KEY")
    _check_names()
    try:
        return Settings(**values).model_copy(update={"home": place})
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"setting {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _check_names() -> None:
    """Refuse an ASKIVE_ variable that names no setting: a typo must not be silently ignored."""
    known = {f"ASKIVE_{name.upper()}" for name in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith("ASKIVE_") and name.upper().split("__")[0] not in known:
            raise SettingsError(
                f"the environment variable {name} names no setting; known are {', '.join(sorted(known))}"
            )
