"""What the drawing of the house promises, counted: none of it is to creep back."""

import re
from collections import Counter
from pathlib import Path

from tests.statements_of_services import nothing_new
from tests.twice import twice

_ROOT = Path(__file__).parents[1]
_PRODUCT = [path for room in ("zhupei_cli", "commands") for path in (_ROOT / room).rglob("*.py")]


def test_a_folder_holds_at_most_eighteen_modules() -> None:
    modules = Counter(str(path.parent) for path in _PRODUCT if path.name != "__init__.py")
    assert {room: count for room, count in modules.items() if count > 18} == {}


def test_any_is_said_where_nothing_better_is_known() -> None:
    """A kind that has no name gets one: a dataclass, a TypedDict, `object`, an alias with its reason."""
    said = [
        f"{path.relative_to(_ROOT)}:{number}"
        for path in _PRODUCT
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\bAny\b", line) and "import" not in line
    ]
    assert len(said) <= 110, said


def test_hardly_a_public_name_is_defined_twice() -> None:
    """The engines of databases share an interface; what else has the name of another gets its own."""
    double = {
        name: modules
        for name, modules in twice().items()
        if not all("store/engines" in module for module in modules)
    }
    assert len(double) <= 55, double


def test_those_who_show_the_server_nothing_new_are_tests() -> None:
    named = [name.split("::") for name in nothing_new()]
    assert len(named) > 100
    assert [test for file, test in named if f"def {test}(" not in (_ROOT / file).read_text("utf-8")] == []
