"""Why a command of the terminal did nothing: French sentences to print."""


class Failed(Exception):
    """A command that will not be done; nothing was changed."""


class CannotServe(Failed):
    """The server will not start."""
