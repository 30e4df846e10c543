"""The two fits of `qa.fit`, over features that are already there: no model, no archive, only numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from qa.agreement import softmax

RIDGE = 1e-4  # of the order; a tenth of it or ten times as much is no better on the first half of news-2022
PRIOR = 2.0  # of the confidence, in observations: keeps a weight small that few cases speak for

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """What was read for one question.

    `rows`: features of the order (readings, Weights); `told`: features of the confidence, a leading 1 for the bias
    (readings, Belief); `right`: does the reading say an accepted answer in a gold article; `said`: there, or elsewhere
    in its span; `judged`: is that known (whoever wrote a near miss had only its passage before them, and another may
    answer it); `articles`: the article of each reading, `unread` those of the hits not read, `gold` the right ones.
    `weight`: how much the case counts.
    """

    rows: Floats
    told: Floats
    right: npt.NDArray[np.bool_]
    said: npt.NDArray[np.bool_]
    judged: npt.NDArray[np.bool_]
    articles: tuple[str, ...]
    unread: tuple[str, ...]
    gold: frozenset[str]
    answerable: bool
    weight: float = 1.0


def fit_order(cases: Sequence[Case], *, articles: bool = False, without: Sequence[int] = ()) -> Floats:
    """Return the weights that make right readings most likely (right articles, where no sentence is right).

    `articles` makes any reading of a right article most likely instead: the order of what is shown. The weights of the
    features `without` are 0.
    """
    usable = []
    for case in cases:
        from_gold = np.array([a in case.gold for a in case.articles])
        wanted = case.right if case.right.any() and not articles else from_gold
        if wanted.any() and not wanted.all():
            usable.append((np.delete(case.rows, without, axis=1), wanted, case.weight))
    total = sum(weight for _, _, weight in usable)

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for rows, wanted, weight in usable:
            shares = softmax(rows @ weights)
            hit = max(float(shares[wanted].sum()), 1e-12)
            value -= float(np.log(hit)) * weight / total
            slope = slope + rows.T @ (shares - shares * wanted / hit) * (weight / total)
        return value, slope

    found: Floats = minimize(loss, np.ones(usable[0][0].shape[1]), jac=True, method="L-BFGS-B").x
    return np.insert(found, [place - passed for passed, place in enumerate(sorted(without))], 0.0)


def fit_belief(cases: Sequence[Case], order: Floats) -> Floats:
    """Return the weights of a logistic regression of whether the first reading says the answer."""
    first = [leading(case, order) for case in cases]
    x = np.array([case.told[i] for case, i in zip(cases, first, strict=True)])
    y = np.array([float(case.said[i]) for case, i in zip(cases, first, strict=True)])
    return logistic(x, y, np.array([case.weight for case in cases]))


def logistic(x: Floats, y: Floats, weight: Floats, prior: float = PRIOR) -> Floats:
    """Return the weights of a logistic regression, by Newton's method.

    `x` (cases, features), `y` (cases,) in [0, 1]; `prior` pulls every weight to 0, in observations.
    """
    beta = np.zeros(x.shape[1])
    pull = prior * np.eye(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        slope = x.T @ (weight * (p - y)) + pull @ beta
        curve = (x * (weight * p * (1 - p))[:, None]).T @ x + pull
        beta -= np.linalg.solve(curve, slope)
    return beta


def judged(cases: Sequence[Case], order: Floats) -> list[Case]:
    """Return the cases of whose first reading it is known whether it says the answer."""
    return [case for case in cases if case.judged[leading(case, order)]]


def leading(case: Case, order: Floats) -> int:
    """Return the place of the reading that the order puts first."""
    return int(np.argmax(case.rows @ order))


def ranks(cases: Sequence[Case], order: Floats) -> dict[str, float]:
    """Return MRR@10, hit@1 and hit@10 of the gold articles, articles ranked by their best reading."""
    found = [_rank(case, order) for case in cases]
    return {
        "MRR@10": sum(1 / rank for rank in found if rank and rank <= 10) / len(found),
        "hit@1": sum(rank == 1 for rank in found) / len(found),
        "hit@10": sum(bool(rank and rank <= 10) for rank in found) / len(found),
    }


def _rank(case: Case, order: Floats) -> int | None:
    placed = np.argsort(-(case.rows @ order), kind="stable")
    ranked = dict.fromkeys([*(case.articles[i] for i in placed), *case.unread])
    return next((rank for rank, article in enumerate(ranked, 1) if article in case.gold), None)
