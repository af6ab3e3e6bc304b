"""The file map in docs/map.md is what the modules say of themselves; `python -m tests.test_map` writes it anew."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAP = ROOT / "docs" / "map.md"
PACKAGES = ("casework", "sync", "desktop", "server", "benchmarks")
HEAD = "# Every module in one sentence\n\nGenerated from the modules' own first lines: `python -m tests.test_map`.\n"


def file_map() -> str:
    """The map as it should be: a heading for each folder, a line for each module."""
    lines = [HEAD]
    for package in PACKAGES:
        folders: dict[str, list[str]] = {}
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" in path.parts:
                continue
            name = path.relative_to(ROOT)
            sentence = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]
            folders.setdefault(name.parent.as_posix(), []).append(f"- `{name.name}` {sentence}")
        for folder, modules in sorted(folders.items()):
            lines.append(f"## {folder}/\n\n" + "\n".join(modules) + "\n")
    return "\n".join(lines)


def test_that_the_file_map_says_what_the_modules_say() -> None:
    assert MAP.read_text("utf-8") == file_map(), "run `python -m tests.test_map`"


if __name__ == "__main__":
    MAP.write_text(file_map(), "utf-8")
