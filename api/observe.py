"""What an answer leaves behind for those who run the service: counts, a line in the log, spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from api.metrics import Metrics
from api.tracing import add_stages
from qa.types import Answer

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_LOG = structlog.get_logger("askive.answers")


class Observer:
    """Told of every answer. The question is in the log only when `log_questions` says so, and never in a span."""

    def __init__(self, metrics: Metrics, tracer: Tracer | None, *, log_questions: bool) -> None:
        self._metrics = metrics
        self._tracer = tracer
        self._log_questions = log_questions

    def answered(self, answer: Answer) -> None:
        self._metrics.answered(answer)
        asked = {"question": answer.question.text} if self._log_questions else {}
        spent = round(sum(answer.timings_ms.values()), 1)
        confidence = round(answer.confidence, 3)
        _LOG.info("answered", status=answer.status, confidence=confidence, stages_ms=spent, **asked)
        if self._tracer is not None:
            add_stages(self._tracer, answer.timings_ms, {"askive.status": answer.status})
