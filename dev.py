#!/usr/bin/env python3
"""What a developer runs: sets up what is missing on a machine with only Python and pip, then does it."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent
STATE = ROOT / ".state"
LOCK = ROOT / "requirements.lock"
VENV, TOOLS = ROOT / ".venv", ROOT / ".venv-uv"
STAMP = VENV / "doorstep.stamp"
OLDEST, NEWEST = (3, 11), (3, 13)
UV = "uv==0.13.9"
SCRIPTS, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
PYTHON, UV_EXE = VENV / SCRIPTS / f"python{EXE}", TOOLS / SCRIPTS / f"uv{EXE}"
PACKAGES = ("casework", "sync", "server", "desktop")
PARALLEL, SERIAL = STATE / "tests-parallel.json", STATE / "tests-serial.json"
BEAT = 15  # seconds between two signs of life of a step


# What the operating system must have, each a library or command and the Debian package with it. First what
# Qt's widgets and its two Linux platforms load and PySide6 does not bring along.
QT_NEEDS = """
    libEGL.so.1=libegl1 libGL.so.1=libgl1 libX11-xcb.so.1=libx11-xcb1 libbrotlidec.so.1=libbrotli1
    libdbus-1.so.3=libdbus-1-3 libfontconfig.so.1=libfontconfig1 libfreetype.so.6=libfreetype6
    libglib-2.0.so.0=libglib2.0-0 libgssapi_krb5.so.2=libgssapi-krb5-2 libxcb-cursor.so.0=libxcb-cursor0
    libxcb-icccm.so.4=libxcb-icccm4 libxcb-image.so.0=libxcb-image0 libxcb-keysyms.so.1=libxcb-keysyms1
    libxcb-randr.so.0=libxcb-randr0 libxcb-render-util.so.0=libxcb-render-util0
    libxcb-shape.so.0=libxcb-shape0 libxcb-shm.so.0=libxcb-shm0 libxcb-sync.so.1=libxcb-sync1
    libxcb-xfixes.so.0=libxcb-xfixes0 libxcb-xkb.so.1=libxcb-xkb1 libxkbcommon-x11.so.0=libxkbcommon-x11-0
    libxkbcommon.so.0=libxkbcommon0 libzstd.so.1=libzstd1
"""
# PyInstaller puts the app together with these; Debian's own Python comes without the library of itself
BUILD_NEEDS = " objcopy=binutils strip=binutils"
if sys.base_prefix == "/usr" and sysconfig.get_config_var("Py_ENABLE_SHARED"):
    BUILD_NEEDS += f" libpython3.{sys.version_info[1]}.so.1.0=libpython3.{sys.version_info[1]}"
# the keyring test talks to a real Secret Service on a session bus of its own
TEST_NEEDS = " gnome-keyring-daemon=gnome-keyring dbus-run-session=dbus"


class Stopped(Exception):
    """This command cannot go on; the words say why and what to do."""


def say(words: str) -> None:
    print(words, flush=True)


# --- what the machine has ---------------------------------------------------------------------------------


def refusal(version: tuple[int, int]) -> str | None:
    """Why this Python will not do, or None when it will."""
    if OLDEST <= version <= NEWEST:
        return None
    oldest, newest, this = (".".join(map(str, numbers)) for numbers in (OLDEST, NEWEST, version))
    return (
        f"Doorstep needs Python {oldest} to {newest}; this is {this}.\n"
        f"Run it with another one, for example: python{oldest} dev.py {' '.join(sys.argv[1:])}"
    )


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing(needs: str) -> dict[str, str]:
    """The needs this machine does not meet, name to package. Only Linux leaves such things to the reader."""
    if not sys.platform.startswith("linux"):
        return {}
    pairs = (need.split("=") for need in needs.split())
    return {name: package for name, package in pairs if not (has_library(name) or shutil.which(name))}


def install_command(packages: Iterable[str]) -> list[str]:
    return ["apt-get", "install", "-y", "--no-install-recommends", *sorted(set(packages))]


def become_root() -> list[str] | None:
    """The prefix with which a command runs as root here without asking anybody, or None."""
    if os.name != "posix":
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def ensure_system(needs: str) -> None:
    lacking = missing(needs)
    if not lacking:
        return
    names = ", ".join(lacking)
    if not shutil.which("apt-get"):
        raise Stopped(f"This system lacks {names}.\nInstall them with its own package tool, then run this again.")
    command = install_command(lacking.values())
    prefix = become_root()
    if prefix is None:
        line = f"sudo apt-get update && sudo {' '.join(command)}"
        raise Stopped(
            f"This system lacks {names}.\nInstall them with this one line, then run this again:\n\n    {line}"
        )
    say(f"This system lacks {names}.")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    step("Reading the list of system packages", [*quiet, "apt-get", "update"])
    step("Installing system packages", [*quiet, *command])
    still = missing(needs)
    if still:
        raise Stopped(f"Still missing after the installation: {', '.join(still)}.")


# --- what the project needs -------------------------------------------------------------------------------


def environment() -> dict[str, str]:
    """The environment of everything started from here."""
    variables = dict(os.environ, UV_PYTHON_DOWNLOADS="never", PYTHONUNBUFFERED="1")
    # trust what this machine trusts, such as the certificate of an office's own proxy
    variables.setdefault("UV_SYSTEM_CERTS", "true")
    # compiled files make the app, the server and each test process start about half a second sooner
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    variables.pop("VIRTUAL_ENV", None)
    return variables


def step(title: str, command: list[str]) -> None:
    """Run one step of the set-up, with a sign of life every few seconds and its output only if it fails."""
    STATE.mkdir(exist_ok=True)
    log = STATE / "setup.log"
    began = time.monotonic()
    say(f"  {title} ...")
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=output, stderr=subprocess.STDOUT)
        while True:
            try:
                code = process.wait(timeout=BEAT)
                break
            except subprocess.TimeoutExpired:
                say(f"    still at it after {time.monotonic() - began:.0f} s")
    if code:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-25:])
        raise Stopped(f"{title} failed.\n{tail}")
    say(f"    done in {time.monotonic() - began:.1f} s")


def stamp() -> str:
    """Names what a finished environment was made of: the locked packages and their Python."""
    locked = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{locked} python{sys.version_info[0]}.{sys.version_info[1]}\n"


def base_python() -> str:
    """The Python that stands beneath a virtual environment, should this run inside one."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def make_tools() -> bool:
    """Whether uv is at hand; without it pip alone will do, only slower."""
    if UV_EXE.exists():
        return True
    try:
        try:
            step("Making a place for tools (.venv-uv)", [base_python(), "-m", "venv", "--clear", str(TOOLS)])
        except Stopped:
            # Debian keeps what venv needs to bring pip in a package of its own; the pip at hand can reach in
            bare = [base_python(), "-m", "venv", "--clear", "--without-pip", str(TOOLS)]
            step("Making it without a pip of its own", bare)
        pip = [base_python(), "-m", "pip", "--python", str(TOOLS / SCRIPTS / f"python{EXE}"), "install", "-q"]
        step("Getting uv, a quick installer", [*pip, "pip", UV])
    except Stopped as problem:
        say(f"  {problem}")
        return False
    return UV_EXE.exists()


def made_for_this_python() -> bool:
    config = VENV / "pyvenv.cfg"
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}."
    lines = config.read_text(encoding="utf-8").splitlines() if config.exists() and PYTHON.exists() else []
    return any(line.partition("=")[2].strip().startswith(wanted) for line in lines if line.startswith("version"))


def install_with_uv() -> bool:
    if not make_tools():
        return False
    try:
        if not made_for_this_python():
            step("Making .venv", [str(UV_EXE), "venv", "-q", "--clear", "--python", base_python(), str(VENV)])
        sync = [str(UV_EXE), "pip", "sync", "--compile-bytecode", "--require-hashes", "--python", str(PYTHON)]
        step("Installing the packages", [*sync, str(LOCK)])
    except Stopped as problem:
        say(f"  {problem}")
        return False
    return True


def ensure_packages() -> None:
    """Make .venv what requirements.lock says; nothing is done when it was already."""
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == stamp():
        return
    count = sum(1 for line in LOCK.read_text(encoding="utf-8").splitlines() if "==" in line.split(";")[0])
    say(f"Setting up {VENV.name}: {count} packages, some 350 MB to fetch the first time.")
    STAMP.unlink(missing_ok=True)
    if not install_with_uv():
        say("  uv cannot do it here; pip does, only slower.")
        step("Making .venv", [base_python(), "-m", "venv", "--clear", str(VENV)])
        pip = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", str(LOCK)]
        step("Installing the packages with pip", pip)
    STAMP.write_text(stamp(), encoding="utf-8")


def ensure(needs: str = "") -> None:
    ensure_packages()
    ensure_system(needs)


def module(name: str, *arguments: str) -> list[str]:
    return [str(PYTHON), "-m", name, *arguments]


def call(command: list[str], **extra: str) -> int:
    return subprocess.call(command, cwd=ROOT, env={**environment(), **extra})


def become(command: list[str]) -> NoReturn:
    """Run a program in place of this one, so that signals and the exit code are its own."""
    if os.name == "posix":
        os.chdir(ROOT)
        os.execve(command[0], command, environment())
    raise SystemExit(call(command))


# --- commands ---------------------------------------------------------------------------------------------


def demo(arguments: list[str]) -> int:
    """play the main job with a sample organisation"""
    ensure(QT_NEEDS)
    become(module("desktop.demo", *arguments))


def serve(arguments: list[str]) -> int:
    """start the central server"""
    ensure()
    become(module("server", "up", *arguments))


def bench(arguments: list[str]) -> int:
    """print what README claims about speed; name one to run it alone"""
    ensure(QT_NEEDS)
    become(module("benchmarks", *arguments))


def test(arguments: list[str]) -> int:
    """run all tests, or pytest with the arguments given"""
    ensure(QT_NEEDS + BUILD_NEEDS + TEST_NEEDS)
    if arguments:
        return call(module("pytest", *arguments))
    parallel = ["-q", "-n", "2", "--dist", "worksteal", "-m", "not serial", f"--results={PARALLEL}"]
    serial = ["-q", "-m", "serial", f"--results={SERIAL}"]
    outcomes = []
    for title, options, results in (("two at a time", parallel, PARALLEL), ("one at a time", serial, SERIAL)):
        say(f"\nTests, {title}")
        results.unlink(missing_ok=True)
        code = call(module("pytest", *options))
        outcomes.append((code, json.loads(results.read_text(encoding="utf-8")) if results.exists() else {}))
    passed, failed = totals(outcomes)
    say(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def totals(outcomes: Iterable[tuple[int, dict[str, Any]]]) -> tuple[int, int]:
    """Passed and failed over stages of (pytest's exit code, counts); a stage that broke down is a failure."""
    passed = failed = 0
    for code, found in outcomes:
        passed += found.get("passed", 0)
        no_tests_chosen = code == 5
        failed += found.get("failed", 0) or (0 if code == 0 or no_tests_chosen else 1)
    return passed, failed


def check(arguments: list[str]) -> int:
    """formatting, lint, types, layers and house rules"""
    ensure(QT_NEEDS)
    steps = [
        ("mypy", module("mypy", *PACKAGES, "dev.py", "benchmarks", "tests")),
        ("ruff format", module("ruff", "format", "--check", "-q", ".")),
        ("ruff check", module("ruff", "check", "-q", ".")),
        ("lint-imports", [str(PYTHON.with_name(f"lint-imports{EXE}")), "--no-logo"]),
        ("house rules", module("pytest", "-q", "tests/test_house.py", "tests/test_house_rules.py")),
    ]
    began = time.monotonic()
    # the longest goes first, beside the short ones
    with ThreadPoolExecutor(max_workers=2) as pool:
        good = [report(*done) for done in pool.map(lambda named: timed(*named), steps)]
    say(f"{sum(good)} of {len(steps)} checks passed in {time.monotonic() - began:.0f} s")
    return 0 if all(good) else 1


def timed(title: str, command: list[str]) -> tuple[str, float, subprocess.CompletedProcess[str]]:
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return title, time.monotonic() - began, done


def report(title: str, seconds: float, done: subprocess.CompletedProcess[str]) -> bool:
    good = done.returncode == 0
    say(f"{'ok    ' if good else 'FAILED'} {title:<13} {seconds:5.1f} s")
    if not good:
        say(done.stdout)
    return good


def covered(arguments: list[str]) -> int:
    """which listed behaviours have a passing test, as of the last whole test run"""
    if not PARALLEL.exists():
        raise Stopped("Nothing is known yet: run `python3 dev.py test` first.")
    return call([sys.executable, "-m", "tests.covered", str(PARALLEL), str(SERIAL), *arguments])


def build(arguments: list[str]) -> int:
    """freeze the desktop app into dist/doorstep"""
    ensure(QT_NEEDS + BUILD_NEEDS)
    when = os.environ.get("SOURCE_DATE_EPOCH") or committed_at()
    say("Building dist/doorstep, about a minute ...")
    options = ["--noconfirm", "--clean", "--log-level=WARN", "--distpath=dist", "--workpath=build"]
    code = call(module("PyInstaller", *options, *arguments, "build.spec"), SOURCE_DATE_EPOCH=when, PYTHONHASHSEED="1")
    if code == 0:
        built = ROOT / "dist" / "doorstep"
        size = sum(file.stat().st_size for file in built.rglob("*") if file.is_file() and not file.is_symlink())
        program = (built / f"doorstep{EXE}").relative_to(ROOT)
        say(f"Built {built.relative_to(ROOT)}: {size / 1e6:.0f} MB. The folder is the app and runs anywhere.")
        say(f"Start it: {program}    Look whether it has all it needs: {program} --check")
    return code


def committed_at() -> str:
    """When the sources were last committed, in seconds, so that the same sources build the same app."""
    git = ["git", "log", "-1", "--format=%ct"]
    found = subprocess.run(git, cwd=ROOT, capture_output=True, text=True) if shutil.which("git") else None
    return found.stdout.strip() if found and found.returncode == 0 else "1767225600"


def lock(arguments: list[str]) -> int:
    """write requirements.lock anew from pyproject.toml; `lock --upgrade` takes newer versions"""
    if not make_tools():
        raise Stopped("The lock is written by uv, and uv could not be installed.")
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"]
    options += ["--python-version", f"{OLDEST[0]}.{OLDEST[1]}", "--group", "dev"]
    return call([str(UV_EXE), "pip", "compile", *options, *arguments, "pyproject.toml", "-o", LOCK.name])


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    command.__name__: command for command in (demo, test, check, covered, bench, serve, build, lock)
}


def main(words: list[str]) -> int:
    problem = refusal(sys.version_info[:2])
    if problem:
        say(problem)
        return 2
    if not words or words[0] not in COMMANDS:
        say("python3 dev.py COMMAND [arguments]\n")
        for name, command in COMMANDS.items():
            say(f"  {name:<8} {command.__doc__}")
        return 0 if words[:1] in ([], ["help"], ["-h"], ["--help"]) else 2
    try:
        return COMMANDS[words[0]](words[1:])
    except Stopped as stopped:
        say(f"\n{stopped}")
        return 3
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
