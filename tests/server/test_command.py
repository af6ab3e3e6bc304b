"""`doorstep-server` starts with nothing configured, and says in words what it did and what is wrong."""

import re
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from casework.values import Role
from server.__main__ import app
from server.config import Config, Misconfigured, read_config
from server.parts import open_parts
from server.setting_up import DEMO_PASSWORD, default_id
from tests.kit_s3 import ObjectStore as Bucket
from tests.kit_server import ROOT, answers, free_port
from tests.kit_waiting import until
from tests.server.kit_central import OverHttp, Visitor

CODE = re.compile(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b")
Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path) -> Run:
    """Runs the command as an admin would in a shell."""

    def call(*words: str, **environment: str) -> Result:
        return CliRunner().invoke(app, words, env={"DOORSTEP_DATA": str(data), **environment})

    return call


def test_that_it_starts_with_no_configuration_at_all_and_the_first_admin_comes_in(tmp_path: Path) -> None:
    port = free_port()
    out = tmp_path / "out.txt"
    environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share"), "PATH": "/usr/bin:/bin"}
    with out.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "server", "up", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=file,
            stderr=file,
        )
        try:
            until(lambda: answers(f"http://127.0.0.1:{port}"), "the server answers")
            said = out.read_text()
            code = CODE.search(said)
            assert code is not None
            assert f"http://127.0.0.1:{port}" in said
            assert str(tmp_path / "share") in said
            admin = Visitor(OverHttp(f"http://127.0.0.1:{port}"), "admin", password="")
            assert admin.sign_in("a long enough one", code=code.group()).role == Role.ADMIN
        finally:
            process.terminate()
            process.wait()
    assert process.returncode == 0
    assert "Stopped." in out.read_text()


def test_that_a_port_in_use_is_said_and_nothing_is_set_up(run: Run, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("up", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "Cannot listen" in result.output
    assert not data.exists()


@pytest.mark.covers("S8", "S9")
def test_that_people_are_added_listed_given_codes_and_let_go_from_the_shell(run: Run) -> None:
    assert run("user", "add", "sam", "--name", "Sam Admin", "--role", "admin").exit_code == 0
    added = run("user", "add", "dee", "--name", "Dee Dee", "--role", "coordinator")
    assert CODE.search(added.output)
    assert CODE.search(run("user", "code", "dee").output)
    assert run("user", "end", "dee").exit_code == 0
    listed = run("user", "list").output
    assert re.search(r"dee +coordinator +Dee Dee +access ended", listed)
    assert re.search(r"sam +admin +Sam Admin +never signed in", listed)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("user", "add", "sam"), "taken"),
        (("user", "add", ""), "needed"),
        (("user", "code", "nobody"), "nobody with the user name"),
        (("user", "end", "sam"), "Nobody would be left"),
        (("sample",), "organisation on this server already"),
    ],
)
def test_that_what_cannot_be_done_is_said_in_words(run: Run, data: Path, words: tuple[str, ...], answer: str) -> None:
    parts = open_parts(Config(data=data))
    parts.setting_up.start("Ours")
    parts.close()
    run("user", "add", "sam", "--role", "admin")
    result = run(*words)
    assert result.exit_code == 1
    assert answer in result.output


def test_that_the_sample_has_six_people_who_can_sign_in(run: Run, data: Path) -> None:
    assert run("sample").exit_code == 0
    parts = open_parts(Config(data=data))
    try:
        assert {person.username: person.role for person in parts.people.all()} == {
            "amy": Role.ADVISOR,
            "ben": Role.ADVISOR,
            "cara": Role.ADVISOR,
            "priya": Role.COORDINATOR,
            "jo": Role.LEAD,
            "sam": Role.ADMIN,
        }
        assert parts.people.never_signed_in() == ()
        amy = parts.people.by_username("Amy")
        assert amy is not None
        assert amy.id == default_id("person/amy")
        assert len(DEMO_PASSWORD) >= 12
    finally:
        parts.close()


def test_that_check_finds_a_new_server_well_and_changes_nothing(run: Run, data: Path) -> None:
    result = run("check")
    assert result.exit_code == 0, result.output
    assert not data.exists()


def test_that_check_finds_a_used_server_well(run: Run, postgres_url: str) -> None:
    run("sample")
    assert run("check").exit_code == 0
    on_postgres = run("check", DOORSTEP_DATABASE=postgres_url)
    assert (on_postgres.exit_code, "is empty" in on_postgres.output) == (0, True)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DOORSTEP_DATABASE": "postgresql://nobody@127.0.0.1:1/none"}, "does not open"),
        ({"DOORSTEP_DATABASE": "mysql://nobody@127.0.0.1/none"}, "PostgreSQL or SQLite"),
        ({"DOORSTEP_DATABASE": "no address"}, "not an address"),
        ({"DOORSTEP_PORT": "http"}, "not a port number"),
        ({"DOORSTEP_S3_BUCKET": "documents"}, "DOORSTEP_S3_ENDPOINT"),
        (
            {
                "DOORSTEP_S3_ENDPOINT": "http://127.0.0.1:1",
                "DOORSTEP_S3_BUCKET": "documents",
                "DOORSTEP_S3_KEY": "key",
                "DOORSTEP_S3_SECRET": "canary-secret",
            },
            "does not answer",
        ),
    ],
)
def test_that_check_says_what_is_wrong_and_no_secret(
    run: Run, data: Path, environment: dict[str, str], words: str
) -> None:
    data.mkdir()
    result = run("check", **environment)
    assert result.exit_code == 1
    assert "PROBLEM" in result.output
    assert words in result.output
    assert "canary" not in result.output


def test_that_check_says_when_the_database_is_damaged(run: Run, data: Path) -> None:
    run("sample")
    store = data / "server.db"
    store.write_bytes(b"not a database at all" * 1000)
    for leftover in data.glob("server.db-*"):
        leftover.unlink()
    result = run("check")
    assert result.exit_code == 1
    assert "database" in result.output


def test_that_check_looks_at_the_database_where_it_is_said_to_be(run: Run, data: Path) -> None:
    elsewhere = data.parent / "elsewhere.db"
    address = f"sqlite:///{elsewhere}"
    assert "elsewhere.db" not in run("check", DOORSTEP_DATABASE=address).output, "will be made at the first start"
    assert run("sample", DOORSTEP_DATABASE=address).exit_code == 0
    assert "elsewhere.db" in run("check", DOORSTEP_DATABASE=address).output
    # a file of its own: what this process may still have open of the other is not to be looked into
    for leftover in elsewhere.parent.glob("elsewhere.db*"):
        leftover.unlink()
    elsewhere.write_bytes(b"not a database at all" * 1000)
    assert run("check", DOORSTEP_DATABASE=address).exit_code == 1


def test_that_a_password_in_the_databases_address_is_never_shown() -> None:
    config = read_config({"DOORSTEP_DATABASE": "postgresql://me:canary@host/doorstep"})
    assert "canary" not in config.database_shown
    assert "canary" in config.database_url


def test_that_an_object_store_is_used_where_one_is_given(s3_server: Bucket, run: Run) -> None:
    result = run(
        "check",
        DOORSTEP_S3_ENDPOINT=s3_server.endpoint,
        DOORSTEP_S3_BUCKET=s3_server.bucket,
        DOORSTEP_S3_KEY=s3_server.access_key,
        DOORSTEP_S3_SECRET=s3_server.secret_key,
    )
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("variable", ["DOORSTEP_PORT", "DOORSTEP_DATABASE", "DOORSTEP_S3_KEY"])
def test_that_settings_that_cannot_be_used_stop_the_start(variable: str) -> None:
    with pytest.raises(Misconfigured):
        read_config({variable: "?"})


def test_that_the_data_is_for_its_owner_only(run: Run, data: Path) -> None:
    run("sample")
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "server.db").stat().st_mode) == 0o600
