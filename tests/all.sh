#!/bin/sh
# Every test, in two rows beside one another: journeys and Rasa's own mostly wait for processes,
# the rest for the database. The first row's report follows when the second has ended.
set -u
cd "$(dirname "$0")/.."
python=.venv/bin/python
report=$(mktemp)
trap 'rm -f "$report"' EXIT
trap 'kill "$beside" 2>/dev/null; exit 130' INT TERM

{
    code=0
    $python -m pytest tests/journeys tests/ops || code=1
    # The tests that need Rasa's own environment run inside it.
    nlu/.venv/bin/python -m pytest -c nlu/pyproject.toml --rootdir . \
        --confcutdir tests/nlu -p tests.strict_skips tests/nlu || code=1
    exit $code
} >"$report" 2>&1 &
beside=$!

code=0
$python -m pytest --ignore tests/journeys --ignore tests/ops || code=1
echo "Waiting for the journeys and the tests of Rasa ..."
wait "$beside" || code=1
cat "$report"
exit $code
