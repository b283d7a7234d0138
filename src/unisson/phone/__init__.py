"""The phone: what callers say, the signs that must not wait, who is told.

Red flags are in `rules/red_flags`, their words in `data/`.
"""
