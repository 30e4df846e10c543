"""Confidence made a probability for one archive: a straight line in log-odds, fitted on its own questions."""

from __future__ import annotations

import math
from dataclasses import dataclass

EDGE = 1e-6  # confidences are kept this far from 0 and 1, where the log-odds end


@dataclass(frozen=True, slots=True)
class Scaling:
    """P(right) = sigmoid(bias + scale * logit(p)), Platt 1999. The default changes nothing; the order never changes."""

    bias: float = 0.0
    scale: float = 1.0

    def apply(self, probability: float) -> float:
        """Return the probability in [0, 1] on this archive."""
        if self == UNSCALED:
            return probability
        return sigmoid(self.bias + self.scale * logit(probability))

    def undo(self, probability: float) -> float:
        """Return the probability in [0, 1] that `apply` made this one of, but for what is within EDGE of the ends."""
        if self == UNSCALED:
            return probability
        return sigmoid((logit(probability) - self.bias) / self.scale)


UNSCALED = Scaling()


def logit(probability: float) -> float:
    """Return the log-odds of a probability, kept EDGE from its ends."""
    p = min(1 - EDGE, max(EDGE, probability))
    return math.log(p / (1 - p))


def sigmoid(odds: float) -> float:
    """Return 1 / (1 + exp(-odds)) of log-odds, without overflow."""
    return 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))
