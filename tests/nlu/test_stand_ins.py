"""Serving's stand-ins answer what importing Rasa asks of them, and nothing more."""

from __future__ import annotations

import importlib.util

from tests.nlu.rasa_server import run_python

PREPARED = "from nlu.components.launcher import prepare; prepare(serving=True)\n"


def test_serving_imports_none_of_the_large_modules() -> None:
    code = PREPARED + (
        "import sys, nlu.components.serving\n"
        "large = {'sqlalchemy.sql', 'setuptools', 'urllib3', 'pkg_resources.extern'}\n"
        "print(sorted(large & set(sys.modules)))"
    )
    assert run_python(code).stdout.split() == ["[]"]


def test_more_than_a_declaration_is_refused() -> None:
    code = PREPARED + (
        "from nlu.components.stand_ins import StandInUsed\n"
        "import rasa.core.tracker_store\n"
        "import sqlalchemy, requests\n"
        "for use in (sqlalchemy.MetaData, lambda: sqlalchemy.create_engine('sqlite://'),\n"
        "            lambda: requests.get('http://x')):\n"
        "    try: use()\n"
        "    except StandInUsed: print('refused')\n"
    )
    assert run_python(code).stdout.split() == ["refused"] * 3


def test_questions_are_answered_as_by_the_modules_themselves() -> None:
    code = PREPARED + (
        "from pkg_resources import get_distribution, iter_entry_points, resource_filename\n"
        "from distutils.util import strtobool\n"
        "print(get_distribution('rasa').version)\n"
        "print(len(list(iter_entry_points('apscheduler.triggers'))) > 2)\n"
        "print(resource_filename('rasa', 'shared/nlu/training_data/schemas'))\n"
        "print(strtobool('yes'), strtobool('0'))\n"
    )
    version, several, folder, yes, no = run_python(code).stdout.split()
    found = importlib.util.find_spec("rasa")
    assert found is not None and found.origin is not None
    assert folder == found.origin.replace("__init__.py", "shared/nlu/training_data/schemas")
    assert (version, several, yes, no) == ("3.6.21", "True", "True", "False")


def test_training_has_the_modules_themselves() -> None:
    code = (
        "from nlu.components.launcher import prepare; prepare()\n"
        "import sqlalchemy; print(sqlalchemy.create_engine('sqlite://').dialect.name)"
    )
    assert run_python(code).stdout.split() == ["sqlite"]
