"""Red flags: the words of the table recognised in what a caller says.

`judge(text, ...)` gives the level, the rows touched, the very letters that touched
them and the factual questions. Deterministic; only raises, never reassures. The
table and its rules: `phone/data/red_flags.toml`, unsigned until a practice's
doctors sign their version.
"""

from unisson.phone.rules.red_flags.judge import LEVELS, Judgement, Word, higher, judge, ready

__all__ = ["LEVELS", "Judgement", "Word", "higher", "judge", "ready"]
