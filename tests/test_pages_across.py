"""Tables wider than a page go on beside it, with the columns that say who a row is about."""

import pytest

from zhupei_cli.pages_across import pages_across


@pytest.mark.parametrize(
    ("widths", "kept", "pages"),
    [
        ([40] * 5, 1, (1, 5)),
        ([40] * 6, 1, (2, 4)),  # as even as two pages can be: the print is as large as they allow
        ([20, *[60] * 6], 1, (2, 4)),
        ([150, 150, 20], 2, (1, 3)),  # what is repeated is not divided
        ([30, 300, 300], 1, (2, 2)),
    ],
)
def test_columns_stand_on_as_few_pages_as_can_be_read(
    widths: list[float], kept: int, pages: tuple[int, int]
) -> None:
    assert pages_across(widths, kept) == pages
