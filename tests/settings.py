"""The site's settings with a database of their own and a fast password hasher.

DATABASE_URL chooses the engine; without it, SQLite. `scripts/test.sh` runs the
database tests on both.
"""

import os
import tempfile

os.environ.setdefault("UNISSON_DATA", tempfile.mkdtemp(prefix="unisson-test-"))
os.environ.setdefault("UNISSON_SECRET_KEY", "tests only, protects nothing")

from unisson.site.settings import *  # noqa: F403
from unisson.site.settings import DATABASES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_suffix = os.environ.get("UNISSON_TEST_SUFFIX", "")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": os.environ["UNISSON_DATA"] + "/test.sqlite3"}
else:
    del DATABASES["default"]["OPTIONS"]["pool"]
    DATABASES["default"]["TEST"] = {"NAME": f"unisson_test_{_suffix}"}
