"""A list that is published, as one HTML file: it asks nothing of the network and runs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A list as it hangs on a wall: `columns` are headings and kinds of cells, cells are texts.

    `lines` stand below the title, `closing` below the list: who publishes it, and when. `seal` is the head
    of the chain of events it was made at.
    """

    title: str
    batch_name: str
    lines: Sequence[str]
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]
    closing: Sequence[str]
    seal: str


def render_notice(notice: NoticePage) -> str:
    """Return the page; every word of it is text."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = (files("zhupei_cli.reports") / "notice.html.j2").read_text("utf-8")
    return environment.from_string(template).render(notice=notice)
