"""What every test can ask for."""

import pytest

from unisson.core.access import Actor


@pytest.fixture
def system() -> Actor:
    """The program itself, allowed everything that is granted at all."""
    return Actor.system("tests")
