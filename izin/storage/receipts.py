"""How a platform's receipts move a delivered part's status: forward only."""

from __future__ import annotations

NEEDS_THE_CITIZEN = frozenset({"131047", *map(str, range(132000, 132100))})
"""WhatsApp's codes of a closed window and of a template it does not take: a notice then waits
until the citizen writes."""

_UNREACHABLE = {"telegram": frozenset({"403"}), "whatsapp": frozenset({"131026"})}

_RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3}


def unreachable(channel: str, code: str | None) -> bool:
    """Say whether a platform's error code means that nothing reaches this citizen any more.

    Telegram answers 403 when the bot was blocked or the account is gone; WhatsApp 131026 when
    it cannot deliver to the number, which is all it tells of a block.
    """
    return code in _UNREACHABLE.get(channel, ())


def moves_forward(known: str, told: str) -> bool:
    """Say whether a receipt ``told`` changes a part whose status is ``known``.

    Receipts come late, twice and out of order. A failure is final, and is not believed of
    what was delivered already.
    """
    if known == "failed":
        return False
    if told == "failed":
        return _RANK[known] < _RANK["delivered"]
    return _RANK[told] > _RANK[known]
