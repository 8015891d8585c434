"""Which majors are medical, and the category of specialties (西医, 口腔, 中医) each belongs to."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def categories(major: str) -> tuple[str, ...]:
    """Return the categories `major` fits, none when it is not medical or not known.

    The first keyword of `data/majors.csv` that occurs in the major decides; one without categories
    says that the major is none for a doctor (护理学, 药学 …).
    """
    return next((fits for keyword, fits in _keywords() if keyword in major), ())


@lru_cache(maxsize=1)
def _keywords() -> tuple[tuple[str, tuple[str, ...]], ...]:
    # Here, because most commands never ask.
    import csv
    from importlib import resources

    text = resources.files("zhupei_cli").joinpath("data/majors.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((row["keyword"], tuple(filter(None, row["categories"].split("|")))) for row in rows)
