"""Placeholders may be named, never used."""

from __future__ import annotations

import importlib
import importlib.util

import pytest

from nlu.components.placeholders import (
    ABSENT_MODULES,
    UNUSED_WHEN_SERVING,
    PlaceholderUsed,
    install,
)
from tests.nlu.rasa_server import ROOT, run_python


def test_naming_subclassing_and_annotating_are_allowed() -> None:
    import tensorflow as tf
    from aiogram import Bot
    from botocore.exceptions import ClientError

    class Layer(tf.keras.layers.Layer):  # what importing Rasa does
        def call(self, inputs: tf.Tensor, more: list[tf.Tensor] | None = None) -> tf.Tensor:
            return inputs

    assert Layer.__mro__[1] is tf.keras.layers.Layer
    assert not isinstance(object(), Bot)
    caught = None
    try:
        raise KeyError
    except ClientError:  # nothing is an error of a module that is not there
        caught = ClientError
    except KeyError:
        caught = KeyError
    assert caught is KeyError


def test_really_using_one_names_the_module_and_the_reason() -> None:
    import tensorflow as tf
    from twilio.rest import Client

    class Dense(tf.keras.layers.Dense):
        """A subclass as Rasa makes many."""

    uses = {
        "twilio.rest.Client": lambda: Client("sid", "token"),
        "tensorflow.constant": lambda: tf.constant(1),
        "tensorflow.keras.layers.Dense": lambda: Dense(3),
        "tensorflow.float32": lambda: bool(tf.float32),
        "tensorflow.shape": lambda: list(tf.shape),
    }
    for name, use in uses.items():
        with pytest.raises(PlaceholderUsed, match=name) as raised:
            use()
        assert raised.value.reason == ABSENT_MODULES[name.partition(".")[0]]
        assert raised.value.reason in str(raised.value)


def test_only_listed_modules_are_replaced() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("rasa_plus")  # Rasa looks whether it is there
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorflow_that_is_not_listed")


def test_an_installed_module_wins_over_its_placeholder() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from nlu.components.placeholders import install; install()\n"
        "import slack_sdk; print(slack_sdk.REAL)"
    )
    folder = ROOT / "tests" / "nlu" / "installed"
    assert run_python(code, str(folder)).stdout.strip() == "True"


def test_no_absent_module_is_installed_after_all() -> None:
    install()
    for name in ABSENT_MODULES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert "_PlaceholderFinder" in type(spec.loader).__name__, f"{name} is installed"


def test_training_parts_are_left_out_when_serving_only() -> None:
    code = (
        "from nlu.components.launcher import prepare\n"
        "prepare(serving=True)\n"
        "import nlu.components.serving, sys\n"
        "from nlu.components.placeholders import PlaceholderUsed\n"
        "from sklearn.model_selection import train_test_split\n"
        "try:\n    train_test_split([1, 2])\n"
        "except PlaceholderUsed as error:\n    print(error.module)\n"
        "print('scipy.stats' in sys.modules)"
    )
    assert "sklearn" in UNUSED_WHEN_SERVING
    assert run_python(code).stdout.split() == [
        "sklearn.model_selection.train_test_split",
        "False",
    ]
