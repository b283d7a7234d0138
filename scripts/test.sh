#!/usr/bin/env bash
# The whole suite, on two cores. SQLite first; then, where a PostgreSQL server
# answers, the database tests again on it. Says what it could not run.
#   UNISSON_TEST_PG   postgres://... of a server where a test database may be made
set -uo pipefail
pytest=".venv/bin/pytest -n 2 --dist loadfile --create-db -r sf"
status=0

$pytest "$@" || status=$?

if [ -n "${UNISSON_TEST_PG:-}" ]; then
  echo "--- PostgreSQL"
  DATABASE_URL=$UNISSON_TEST_PG $pytest tests/modules tests/races tests/screens || status=$?
else
  echo "Non joué : les tests sur PostgreSQL (indiquer un serveur dans UNISSON_TEST_PG)."
fi
command -v chromium >/dev/null || echo "Non joué : les parcours dans un navigateur (installer chromium)."
exit "$status"
