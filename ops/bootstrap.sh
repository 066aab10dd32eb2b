#!/bin/sh
# Prepares both environments from nothing but Python 3.11 or 3.12 with venv.
#   sh ops/bootstrap.sh run    what the product needs
#   sh ops/bootstrap.sh dev    that, and what tests and checks need
# Works from any path (spaces too), as root and as an ordinary user. A stamp in each environment
# makes the second time take a moment and need no network.
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9
profile=${1:-run}

say() { printf '%s\n' "$*"; }

# The interpreter: the one already in use, else the machine's default, else a named version.
find_python() {
    for candidate in "${TANYA_PYTHON:-}" .venv/bin/python python3 python3.12 python3.11 python; do
        [ -n "$candidate" ] || continue
        found=$("$candidate" -c '
import os, sys, venv, ensurepip
if sys.version_info[:2] in ((3, 11), (3, 12)):
    print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
' 2>/dev/null) || continue
        if [ -n "$found" ]; then
            say "$found"
            return 0
        fi
    done
    return 1
}

PY=$(find_python) || {
    say "Tanya Izin memerlukan Python 3.11 atau 3.12 lengkap dengan venv; di Debian/Ubuntu: apt install python3 python3-venv, atau sebutkan dengan TANYA_PYTHON=/jalur/python3.12." >&2
    say "Tanya Izin needs Python 3.11 or 3.12 with venv; on Debian/Ubuntu: apt install python3 python3-venv, or name one by TANYA_PYTHON=/path/to/python3.12." >&2
    exit 1
}

UV_PYTHON_DOWNLOADS=never
UV_PYTHON=$PY
UV_NO_PROGRESS=${UV_NO_PROGRESS:-}
export UV_PYTHON_DOWNLOADS UV_PYTHON
[ -n "$UV_NO_PROGRESS" ] && export UV_NO_PROGRESS || unset UV_NO_PROGRESS
# An environment the caller has activated is not ours to change.
unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT 2>/dev/null || true

need_uv() {
    [ "$(.tools/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ] && return 0
    say "Menyiapkan alat pemasang (uv $UV_VERSION) ..."
    "$PY" -m venv --clear .tools
    .tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r ops/uv.txt || {
        say "uv tidak dapat diunduh. Periksa sambungan internet, lalu ulangi perintah yang sama." >&2
        exit 1
    }
}

# key_of FOLDER: changes when anything does that the environment is made from. The path belongs to
# it because an environment breaks when its folder is moved.
key_of() {
    {
        pwd
        say "$PY"
        "$PY" --version
        cat "$1/pyproject.toml" "$1/uv.lock" nlu/language/pyproject.toml
    } | cksum
}

# sync FOLDER WHAT: installs exactly what FOLDER's lock says, each file by its hash; a lock that
# does not belong to FOLDER's pyproject.toml installs nothing.
sync() {
    folder=$1
    key=$(key_of "$folder")
    dev_stamp=$folder/.venv/.tanya-dev
    run_stamp=$folder/.venv/.tanya-run
    if [ -x "$folder/.venv/bin/python" ]; then
        [ "$(cat "$dev_stamp" 2>/dev/null)" = "$key" ] && return 0
        [ "$profile" = run ] && [ "$(cat "$run_stamp" 2>/dev/null)" = "$key" ] && return 0
    fi
    need_uv
    rm -f "$dev_stamp" "$run_stamp"
    say "Memasang $2 ..."
    groups=--no-dev
    [ "$profile" = dev ] && groups=--dev
    .tools/bin/uv sync --locked "$groups" --project "$folder" || {
        say "Pemasangan $2 gagal. Periksa sambungan internet dan sisa ruang disk, lalu ulangi perintah yang sama." >&2
        exit 1
    }
    say "$key" >"$folder/.venv/.tanya-$profile"
}

sync . "aplikasi (1/2)"
sync nlu "Rasa (2/2)"
