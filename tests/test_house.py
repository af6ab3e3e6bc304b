"""The house rules hold for every file of the project."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import server
from desktop import build_data
from tests.house_rules import Source, draws_only, names_no_place, problems

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", ".venv-uv", ".state", "build", "dist", "demo", "__pycache__"}
NOT_OURS |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis"}
SIGNATURES = {".png": b"\x89PNG", ".otf": b"OTTO", ".ttf": b"\0\1\0\0", ".woff2": b"wOF2", ".jpg": b"\xff\xd8"}


def files(suffix: str = "") -> Iterator[Path]:
    """Every file of the project, without what is made from it. `tests/build` is ours, `build` is not."""
    for top in sorted(ROOT.iterdir()):
        if top.name in NOT_OURS:
            continue
        found = sorted(top.rglob("*")) if top.is_dir() else [top]
        yield from (
            path for path in found if path.is_file() and path.name.endswith(suffix) and "__pycache__" not in path.parts
        )


def read(path: Path) -> Source:
    return Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" not in file.read(4096)


def assert_none(found: Iterable[str]) -> None:
    """Fails with one problem a line, to be clicked on."""
    listed = "\n".join(found)
    assert not listed, f"the house rules are broken:\n{listed}"


def test_that_all_sources_keep_the_house_rules() -> None:
    assert_none(problem for path in files(".py") for problem in problems(read(path)))


def test_that_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    sources = [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="replace"))
        for path in files()
        if is_text(path)
    ]
    assert_none(problem for source in sources for problem in names_no_place(source))


def test_that_message_boxes_are_made_in_one_module_at_most() -> None:
    sources = (read(path) for path in files(".py"))
    makers = [source.path for source in sources if source.package == "desktop" and "QMessageBox" in source.text]
    assert len(makers) <= 1, makers


def test_that_icons_only_draw() -> None:
    assert_none(problem for path in files(".svg") for problem in draws_only(read(path)))


def test_that_resources_are_what_they_say_and_nothing_runs() -> None:
    folder = ROOT / "resources"
    bad = []
    for path in (path for path in files() if path.is_relative_to(folder)):
        signature = SIGNATURES.get(path.suffix.lower(), b"")
        if not path.read_bytes().startswith(signature) or path.suffix in {".py", ".sh", ".exe", ".js"}:
            bad.append(str(path.relative_to(ROOT)))
    assert_none(bad)


def test_that_the_built_app_says_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (build_data.NAME.lower(), build_data.VERSION) == (project["name"], project["version"])
    assert project["version"] == server.RELEASE


def test_that_the_lock_has_a_hash_and_no_address_for_each_package() -> None:
    blocks = (ROOT / "requirements.lock").read_text(encoding="utf-8").split("\n")
    pinned = [line for line in blocks if line and not line.startswith((" ", "#"))]
    assert pinned
    assert all("==" in line and line.endswith("\\") for line in pinned)
    assert not any("://" in line for line in blocks)


def test_that_the_layers_are_kept_by_a_machine(tmp_path: Path) -> None:
    """A view that imports the database, planted in a copy of the layout, turns the linter red."""
    for module in _every_layer():
        file = tmp_path / (module.replace(".", "/") + "/__init__.py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    assert _lint(tmp_path).returncode == 0, _lint(tmp_path).stdout
    (tmp_path / "desktop/views/__init__.py").write_text("import casework.database", encoding="utf-8")
    (tmp_path / "casework/rules/__init__.py").write_text("import pydantic, PySide6.QtCore", encoding="utf-8")
    (tmp_path / "server/__init__.py").write_text("import sync", encoding="utf-8")
    broken = _lint(tmp_path)
    assert broken.returncode == 1
    for contract in ("Views never see", "Rules are pure", "Qt stays", "The server never meets"):
        assert contract in broken.stdout.partition("Broken contracts")[2], broken.stdout


def _every_layer() -> list[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    names = set(contracts["root_packages"])
    for contract in contracts["contracts"]:
        names |= set(contract.get("source_modules", []) + contract.get("forbidden_modules", []))
        for container in contract.get("containers", []):
            layers = [part.strip() for layer in contract["layers"] for part in layer.split(":")]
            names |= {f"{container}.{layer}" for layer in layers}
    return sorted(name for name in names if name.split(".")[0] in contracts["root_packages"])


def _lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)
