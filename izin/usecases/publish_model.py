"""Makes a language model the one citizens are understood with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from izin.accounts import Account, Role
from izin.errors import InvalidInput, NotFound
from izin.language_models import LanguageModel, ModelState
from izin.ports.models import LanguageModels

SHORTEST_REASON = 10
"""Characters; less says nothing to whoever reads it in a year."""

LONGEST_REASON = 500


class BrokenModel(InvalidInput):
    """The archive of a model is damaged or missing; the live model stays."""


class PublishModel:
    """Publishes models: new ones, and those that were published before.

    Args:
        models: The office's models.
        check: Loads an archive and gives the id that Rasa has for it; raises BrokenModel.
        clock: Gives the present moment.
    """

    def __init__(
        self,
        models: LanguageModels,
        check: Callable[[bytes], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._models = models
        self._check = check
        self._clock = clock

    def publish(self, model_id: str, account: Account, reason: str = "") -> LanguageModel:
        """Publish a model; every Rasa process then fetches it within seconds.

        Args:
            model_id: Which.
            account: Who does it.
            reason: Why it goes to citizens although the gate refused it; empty otherwise.

        Raises:
            BrokenModel: Its archive cannot be loaded, or is not kept any more.
            Conflict: It is published already.
            InvalidInput: ``field`` says why not: ``release`` when it fits another release than
                the published one, ``supervisor`` when the gate refused it and the account is no
                supervisor's, ``reason`` when a reason is missing, too short or too long.
            NotFound: There is no such model.
        """
        model = self._models.model(model_id)
        published = self._models.published()
        if published is not None and published.release != model.release:
            raise InvalidInput("the model fits another release", field="release")
        override = self._override(model, account, reason)
        try:
            archive = self._models.archive(model_id)
        except NotFound as error:
            raise BrokenModel("its archive is not kept", field="archive") from error
        if self._check(archive) != model.rasa_id:
            raise BrokenModel("its archive holds another model", field="archive")
        self._models.publish(model_id, self._clock(), account_id=account.id, override=override)
        return self._models.model(model_id)

    def _override(self, model: LanguageModel, account: Account, reason: str) -> str:
        if model.state is not ModelState.REFUSED:
            return model.override
        if Role.SUPERVISOR not in account.roles:
            raise InvalidInput("a supervisor must decide", field="supervisor")
        told = " ".join(reason.split())
        if not SHORTEST_REASON <= len(told) <= LONGEST_REASON:
            raise InvalidInput("a reason is needed", field="reason")
        return told
