"""Works out every worked example of the catalogue anew."""

from __future__ import annotations

from collections.abc import Sequence

from izin.fee_examples import ExampleResult, check_examples
from izin.ports import Catalogue


def check_fee_examples(catalogue: Catalogue) -> Sequence[ExampleResult]:
    """Give every example of every published fee table; ``comes_out`` tells whether it holds.

    One without figures to work it out from (``fault`` ``inputs``) is given as well.
    """
    return [
        result
        for name, table in catalogue.fee_tables().items()
        for result in check_examples(name, table)
    ]
