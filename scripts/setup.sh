#!/usr/bin/env bash
# Makes the virtual environment: `bash scripts/setup.sh .venv`.
# Order: an existing uv, else a Python >= 3.12 with pip, else uv bootstrapped
# inside the project, which fetches a Python.
set -euo pipefail
venv=${1:?usage: setup.sh FOLDER}
wanted=$(cat .python-version)

fresh_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; }

find_python() {
  local candidate
  for candidate in "python$wanted" python3.14 python3.13 python3.12 python3 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3; do
    if command -v "$candidate" >/dev/null && fresh_enough "$candidate"; then command -v "$candidate"; return; fi
  done
  return 1
}

install_with_uv() {
  local uv=$1
  [ -x "$venv/bin/python" ] || "$uv" venv --quiet --python "$(find_python || echo "$wanted")" "$venv"
  "$uv" pip install --quiet --python "$venv/bin/python" --require-hashes -r requirements-dev.lock
  "$uv" pip install --quiet --python "$venv/bin/python" --no-deps -e .
}

install_with_pip() {
  [ -x "$venv/bin/python" ] || "$1" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -e .
}

if command -v uv >/dev/null; then
  echo "Installation dans $venv avec uv ..."
  install_with_uv uv
elif python=$(find_python) && "$python" -c 'import ensurepip' 2>/dev/null; then
  echo "Installation dans $venv avec pip ($("$python" --version)) ..."
  install_with_pip "$python"
else
  echo "Aucun Python 3.12 ou plus récent ici : uv va en chercher un ..."
  if ! [ -x .uv/bin/uv ]; then
    python3 -m venv .uv 2>/dev/null && .uv/bin/pip install --quiet --disable-pip-version-check uv || {
      echo "Il faut Python 3.12 ou plus (Debian : apt install python3-venv), ou uv. Rien n'a été installé." >&2
      exit 1
    }
  fi
  install_with_uv .uv/bin/uv
fi
