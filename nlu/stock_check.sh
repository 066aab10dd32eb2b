#!/bin/sh
# Proves that data, rules and components also train and understand on an unmodified Rasa
# 3.6.21 (Python 3.10, TensorFlow and all, about 2.5 GB), without our launcher.
#   sh nlu/stock_check.sh             install into .stock/, validate, train, parse
#   STOCK_FOLDER=/big/disk sh ...     the same elsewhere
# Where Python 3.10 is absent it says so and succeeds: this is no part of `make test`.
set -eu
cd "$(dirname "$0")/.."

RASA_VERSION=3.6.21
folder=${STOCK_FOLDER:-.stock}

find_python() {
    for candidate in "${TANYA_PYTHON310:-}" python3.10 "$HOME"/.pyenv/versions/3.10*/bin/python3.10; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 10))' \
            2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

python=$(find_python) || {
    echo "stock-check skipped: stock Rasa $RASA_VERSION needs Python 3.10, which is not here" \
        "(TANYA_PYTHON310=/path/to/python3.10 names one)."
    exit 0
}

if [ ! -f "$folder/installed-$RASA_VERSION" ]; then
    echo "Installing stock Rasa $RASA_VERSION into $folder (about 2.5 GB) ..."
    "$python" -m venv --clear "$folder/venv"
    # wheel and setuptools as old as Rasa's own dependencies, some of which are built here.
    "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        "pip<25" "setuptools==70.3.0" wheel
    "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        "rasa==$RASA_VERSION" "./nlu/language[training]"
    touch "$folder/installed-$RASA_VERSION"
fi
# Language code changes more often than Rasa: always the present one.
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --force-reinstall ./nlu/language

RASA_TELEMETRY_ENABLED=false
RASA_MAX_CACHE_SIZE=0
TF_CPP_MIN_LOG_LEVEL=3
PYTHONWARNINGS=ignore
export PYTHONWARNINGS RASA_TELEMETRY_ENABLED RASA_MAX_CACHE_SIZE TF_CPP_MIN_LOG_LEVEL
rasa="$folder/venv/bin/python -m rasa"
rm -rf "$folder/models"

echo "Validating ..."
$rasa data validate --domain data/domain --data data/rasa --config config.yml --quiet
echo "Training ..."
started=$(date +%s)
$rasa train --domain data/domain --data data/rasa --config config.yml \
    --out "$folder/models" --fixed-model-name stock --quiet
echo "Trained in $(($(date +%s) - started)) s."

echo "Understanding ..."
"$folder/venv/bin/python" nlu/stock_parse.py "$folder/models/stock.tar.gz"
echo "stock-check passed: Rasa $RASA_VERSION on $("$folder/venv/bin/python" --version)."
