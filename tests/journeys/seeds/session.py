"""Run in a process of its own: founds the small practice, people with passwords.

python -m tests.journeys.seeds.session [demonstration]
"""

import sys

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from tests.screens.session_house import small_practice

    call_command("migrate", interactive=False, verbosity=0)
    small_practice(demonstration="demonstration" in sys.argv, lock_after_minutes=5)
    sys.stdout.write("{}\n")


if __name__ == "__main__":
    main()
