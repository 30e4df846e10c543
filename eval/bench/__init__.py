"""Askive measured beside others, part by part: `python -m eval.bench PART...`, and the page that is drawn from it."""
