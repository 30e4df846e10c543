"""Logs as JSON lines on standard error, each with the id of its request; nothing in them is a secret."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from api.guard.keys import KEY

_SECRET_NAMES = {"authorization", "api_key", "cookie", "password", "secret", "token"}
_SECRETS = re.compile(
    KEY.pattern + r"|(?<=bearer |.basic )[A-Za-z0-9._~+/=-]{12,}|\bsk-[A-Za-z0-9_-]{16,}", re.IGNORECASE
)
HIDDEN = "[hidden]"


def configure_logs(level: str, out: TextIO | None = None) -> None:
    """Send our own lines and those of the libraries through one formatter to `out` (standard error)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True
    logging.getLogger("uvicorn.access").disabled = True  # it writes whole query strings, and so questions
    for name in ("httpx", "httpcore", "openai", "urllib3"):  # their debug lines hold bodies and headers
        logging.getLogger(name).setLevel(logging.WARNING)


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank what is named like a secret or looks like one, wherever in a line it is."""
    return {name: HIDDEN if name.lower() in _SECRET_NAMES else _hidden(value) for name, value in event.items()}


def _hidden(value: object) -> object:
    if isinstance(value, str):
        return _SECRETS.sub(HIDDEN, value)
    if isinstance(value, (list, tuple)):
        return [_hidden(each) for each in value]
    if isinstance(value, dict):
        return {name: HIDDEN if str(name).lower() in _SECRET_NAMES else _hidden(each) for name, each in value.items()}
    return value
