#!/usr/bin/env bash
# Pins every dependency with its hashes. Writes no registry address.
set -euo pipefail
uv=$(command -v uv || echo .uv/bin/uv)
options="--universal --generate-hashes --no-emit-index-url --no-header --python-version 3.12 --quiet"
$uv pip compile $options pyproject.toml -o requirements.lock
$uv pip compile $options pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
