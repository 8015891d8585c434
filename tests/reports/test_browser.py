"""The page in Chromium, on a desk, a phone and on paper: silent, alone, with the database's figures."""

import json
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.conftest import Run
from tests.report_world import draw, store
from zhupei_cli.store.engine import transaction

pytestmark = pytest.mark.sqlite

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_QUIET = ("no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking")
_ARGUMENTS = [f"--{word}" for word in ("headless", *_QUIET, "disable-component-update", "disable-sync")]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the browser; where there is none this is told, and an error if TEST_BROWSER is set."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        told = "no Chromium on this machine: the nightly page was NOT looked at in a browser"
        if os.environ.get("TEST_BROWSER"):
            pytest.fail(told)
        warnings.warn(told, stacklevel=1)
        pytest.skip(told)
    return found


@pytest.fixture
def report(zhupei: Run, database: str, tmp_path: Path) -> Path:
    """Return the page of a published batch with something in every section, and its figures beside it."""
    with transaction(database) as session:
        store(session, draw(1), status="publicity")
    ran = zhupei("--database", database, "report", "nightly", "-o", tmp_path / "日报", "--json")
    (tmp_path / "figures.json").write_text(ran.out, "utf-8")
    return next((tmp_path / "日报").glob("*.html"))


class Watched:
    """A page, and all it said and asked for."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture
def opened(request: pytest.FixtureRequest, chromium: str, report: Path, tmp_path: Path) -> Iterator[Watched]:
    """Open the page in a browser of its own, `request.param` wide and high."""
    from playwright.sync_api import sync_playwright

    width, height = request.param
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "browser",
            executable_path=chromium,
            args=_ARGUMENTS,
            viewport={"width": width, "height": height},
        )
        watched = Watched(context.new_page())
        watched.page.goto(report.as_uri(), wait_until="networkidle")
        yield watched
        context.close()


DESK, PHONE = (1280, 900), (390, 844)


def _figures(page: Any, what: str) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        "what => Object.fromEntries([...document.querySelectorAll(`[data-${what}]`)]"
        ".map(one => [one.dataset[what], one.textContent]))",
        what,
    )
    return found


@pytest.mark.parametrize("opened", [DESK, PHONE], indirect=True, ids=["desk", "phone"])
def test_the_page_on_a_screen(opened: Watched, report: Path, tmp_path: Path) -> None:
    assert opened.said == []
    assert opened.asked == [report.as_uri()]
    assert opened.page.evaluate("document.scripts.length") == 0
    summary = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert _figures(opened.page, "figure") == {key: str(count) for key, count in summary["figures"].items()}
    funnel = _figures(opened.page, "stage")
    assert funnel == {key: str(summary["figures"][key]) for key in funnel} and len(funnel) == 7
    # Wide tables scroll within their own frames, never the page.
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.page.locator("svg").count() == 2
    for number in range(2):
        assert opened.page.locator("svg").nth(number).bounding_box()["height"] > 100
    # The newest day stands at the right, and is in sight.
    newest = opened.page.locator("#days svg").bounding_box()
    assert newest["x"] + newest["width"] <= opened.page.viewport_size["width"]


@pytest.mark.parametrize("opened", [DESK], indirect=True, ids=["paper"])
def test_the_page_on_paper(opened: Watched, tmp_path: Path) -> None:
    opened.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    pages = PdfReader(tmp_path / "page.pdf").pages
    assert len(pages) == 2, "one sheet of paper"
    box = pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (210, 297)
    opened.page.emulate_media(media="print")
    # The paper is 190 mm wide within its margins: 718 px. Nothing may be cut off at its right side.
    opened.page.set_viewport_size({"width": 718, "height": 1000})
    wide = opened.page.evaluate(
        "[...document.querySelectorAll('table')].filter(one => one.getBoundingClientRect().right > 719)"
        ".map(one => one.dataset.section)"
    )
    assert wide == []
    assert opened.page.locator("nav").is_hidden()
    assert opened.said == []
