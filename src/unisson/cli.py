"""The `unisson` command."""

import argparse
import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command; returns the process's exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")
    parser = argparse.ArgumentParser(prog="unisson", description="Secrétariat médical Unisson")
    parser.parse_args(argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
