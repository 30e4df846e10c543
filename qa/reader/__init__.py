"""The trained reader: for a question and a passage, an answer span, its sentence, and whether it answers at all."""

from qa.reader.runtime import load_reader

__all__ = ["load_reader"]
