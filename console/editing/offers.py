"""What newer releases offer, as editors see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from console.editing.content_words import ContentWords
from izin.content_overview import Offer
from izin.content_titles import title


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer in a list; ``path`` is the page that compares it."""

    offer: Offer
    title: str
    kind: str
    path: str


def shown_offers(words: ContentWords, offers: Sequence[Offer]) -> Sequence[ShownOffer]:
    """Give offers as a list shows them."""
    return [
        ShownOffer(
            offer, title(offer.item, offer.offered), words.kind(offer.item.kind),
            f"/isi/tawaran?{urlencode({'jenis': offer.item.kind, 'kunci': offer.item.key})}",
        )
        for offer in offers
    ]  # fmt: skip
