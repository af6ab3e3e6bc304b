"""The PostgreSQL kit gives a real server and a clean slate."""

import pytest
from sqlalchemy import create_engine, inspect, text

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("turn", ["first", "second"])
def test_that_each_test_gets_an_empty_database(postgres_url: str, turn: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        before = inspect(connection).get_table_names()
        connection.execute(text("CREATE TABLE left_behind (turn text)"))
    engine.dispose()
    assert before == []


def test_that_the_database_is_postgresql_and_keeps_text_as_utf8(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    engine.dispose()
    assert int(version.split(".")[0]) >= 15
    assert encoding == "UTF8"
