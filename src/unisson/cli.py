"""The `unisson` command. Each command lives in the module it serves."""

import argparse
import os
import sys
from importlib import import_module

COMMANDS = [
    "unisson.site.commands",
    "unisson.site.demo",
    "unisson.exchange.commands",
    "unisson.phone.commands",
]


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; returns the process's exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")
    parser = argparse.ArgumentParser(prog="unisson", description="Secrétariat médical Unisson")
    commands = parser.add_subparsers(dest="command", metavar="commande", required=True)
    for name in COMMANDS:
        import_module(name).add_to(commands)
    options = parser.parse_args(argv)
    return options.run(options)


if __name__ == "__main__":
    sys.exit(main())
