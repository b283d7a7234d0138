GRANTS: dict[str, tuple[str, ...]] = {}
