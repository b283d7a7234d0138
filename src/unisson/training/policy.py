"""Who may seed a demo practice: the program alone, in an empty database."""

GRANTS: dict[str, tuple[str, ...]] = {"training.seed": ()}
