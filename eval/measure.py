"""Every figure of a run, from the outcomes of its questions, with 95% bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from eval.abstention import aurc, auroc, expected_calibration_error
from eval.bootstrap import Floats, interval, interval_of
from eval.scores import answered, of_rankings, right, settled
from eval.types import Outcome

Figures = dict[str, float]
Figure = Callable[..., float]


def measure(outcomes: Sequence[Outcome], threshold: float, cost: Mapping[str, float]) -> dict[str, Figures]:
    """Return every figure as {group: {name: value}}; those of questions come with `name low` and `name high`.

    `cost` has `seconds`, what asking all the questions took, and `megabytes`, the most memory the process held. What
    the outcomes do not give, as AUROC of answerable questions alone, is left out.
    """
    groups = {
        **_retrieval(outcomes),
        "answers": _answers(outcomes, threshold),
        "citations": _citations(outcomes, threshold),
        "abstention": _abstention(outcomes, threshold),
        "time": {
            "cited after as_of": float(sum(c.late for o in outcomes for c in o.cited)),
            "shown after as_of": float(sum(o.late for o in outcomes)),
        },
        "speed": _speed(outcomes, cost),
    }
    return {
        group: {name: value for name, value in figures.items() if not math.isnan(value)}
        for group, figures in groups.items()
    }


def _retrieval(outcomes: Sequence[Outcome]) -> dict[str, Figures]:
    found = {}
    for method, values in of_rankings(outcomes).items():
        found[f"retrieval, {method}"] = _means({name: list(each.values()) for name, each in values.items()})
        spent = [o.rankings[method].milliseconds for o in outcomes]
        found[f"retrieval, {method}"]["median, ms"] = float(np.median(spent))
    return found


def _answers(outcomes: Sequence[Outcome], threshold: float) -> Figures:
    """Means of what each question is worth (see eval.scores), over the answerable ones; then at the threshold."""
    asked = [o for o in outcomes if o.answerable]
    shown = [o for o in asked if answered(o, threshold)]
    names = dict.fromkeys(name for o in asked for name in o.scores)
    values = {name: [o.scores[name] for o in asked if name in o.scores] for name in names}
    values["right of those answered"] = [o.scores["right"] for o in shown]
    values["answer in what was answered"] = [o.scores["answer said"] for o in shown if "answer said" in o.scores]
    values["right, or rightly silent"] = [settled(o, threshold) for o in outcomes]
    return _means(values)


def _citations(outcomes: Sequence[Outcome], threshold: float) -> Figures:
    """ALCE's precision and recall (Gao et al. 2023) over what is shown, and what must never happen over everything.

    Recall, which is the groundedness of sentences: the share of sentences that their citations together carry.
    Precision: the share of citations of grounded sentences that are needed.
    """
    shown = [o for o in outcomes if answered(o, threshold)]
    said = [s for o in shown for s in o.said]
    every = [c for o in outcomes for c in o.cited]
    means = _means(
        {
            "recall": [float(s.grounded) for s in said],
            "precision": [float(s.grounded and c.needed) for s in said for c in s.cited],
            "verbatim": [float(s.verbatim) for s in said],
            "from a gold article": [float(any(c.article in o.gold for c in o.cited)) for o in shown if o.answerable],
        }
    )
    ungrounded = float(sum(not s.grounded for s in said))
    resolving = sum(c.resolves for c in every) / len(every) if every else 1.0
    unresolved = float(sum(not c.resolves for c in every))
    return {**means, "sentences not grounded": ungrounded, "resolving": resolving, "unresolved": unresolved}


def _abstention(outcomes: Sequence[Outcome], threshold: float) -> Figures:
    """How well confidence tells, and what the threshold makes of it.

    `coverage` is the share of all questions that are answered; `wrong of those answered` the share of those answers
    that are not right, the selective risk of El-Yaniv and Wiener 2010; `answered, unanswerable` the share of the
    unanswerable questions that are answered all the same.
    """
    sure = np.array([o.confidence for o in outcomes], dtype=np.float64)
    true = np.array([right(o) for o in outcomes], dtype=np.float64)
    asked = np.array([o.answerable for o in outcomes], dtype=np.float64)
    figures: dict[str, Figure] = {
        "AUROC": lambda s, _, a: auroc(s[a == 1], s[a == 0]),
        "AURC": lambda s, t, _: aurc(s, t),
        "calibration error": lambda s, t, _: expected_calibration_error(s, t),
    }
    found: Figures = {"threshold": threshold}
    for name, figure in figures.items():
        low, high = interval_of(_drawn(figure, sure, true, asked), len(outcomes))
        found |= {name: figure(sure, true, asked), f"{name} low": low, f"{name} high": high}
    return found | _means(
        {
            "coverage": [float(answered(o, threshold)) for o in outcomes],
            "wrong of those answered": [1 - o.scores["right"] for o in outcomes if answered(o, threshold)],
            "answered, answerable": [float(answered(o, threshold)) for o in outcomes if o.answerable],
            "answered, unanswerable": [float(answered(o, threshold)) for o in outcomes if not o.answerable],
        }
    )


def _drawn(figure: Figure, *columns: Floats) -> Callable[[npt.NDArray[np.intp]], float]:
    return lambda draw: figure(*(column[draw] for column in columns))


def _speed(outcomes: Sequence[Outcome], cost: Mapping[str, float]) -> Figures:
    """Percentiles of the whole answer's time, interpolated; questions a second, one at a time; most memory held."""
    spent = [next(iter(o.rankings.values())).milliseconds for o in outcomes if o.rankings]
    found = {f"p{p}, ms": float(np.percentile(spent, p)) for p in (50, 95, 99) if spent}
    if cost.get("seconds"):
        found["questions a second"] = len(outcomes) / cost["seconds"]
    if cost.get("megabytes"):
        found["peak memory, MB"] = cost["megabytes"]
    return found


def _means(values: Mapping[str, Sequence[float]]) -> Figures:
    found: Figures = {}
    for name, each in values.items():
        if each:
            low, high = interval(each)
            found |= {name: sum(each) / len(each), f"{name} low": low, f"{name} high": high}
    return found
