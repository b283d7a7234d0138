"""Mistakes a person can put right.

A `Refusal` is raised by an action that will not happen; nothing of it was
written. Its text is shown to the person as it is: one or two plain French
sentences that say what happened, what was kept and what to do.
"""


class Refusal(Exception):
    """An act that was refused, with the French sentence to show."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotAllowed(Refusal):
    """The policy says no."""

    def __init__(self, verb: str) -> None:
        super().__init__("Votre compte ne permet pas cette action. Rien n’a été changé.")
        self.verb = verb


class Stale(Refusal):
    """Somebody changed the same thing in between."""
