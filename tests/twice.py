"""`python -m tests.twice`: public names that several modules define, those of commands aside."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def twice() -> Mapping[str, list[str]]:
    """Return each name with the modules that define it, where there are two or more of them."""
    found = defaultdict[str, list[str]](list)
    for path in sorted((_ROOT / "zhupei_cli").rglob("*.py")):
        for name in dict.fromkeys(_defined(ast.parse(path.read_text("utf-8")))):
            found[name].append(str(path.relative_to(_ROOT)))
    return {name: modules for name, modules in sorted(found.items()) if len(modules) > 1}


def _defined(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node]
        for target in targets:
            if isinstance(target, ast.AnnAssign):
                target = target.target
            name = getattr(target, "name", None) or getattr(target, "id", None)
            if isinstance(name, str) and not name.startswith("_"):
                yield name


if __name__ == "__main__":
    for name, modules in twice().items():
        print(name, *modules)
