"""Where this server keeps its data and listens: from the environment, with defaults that need no configuration."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import msgspec
from platformdirs import user_data_path
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PORT = 8766
# A device that has not said hello for so long does not hold the log back.
DEVICES_LAST = timedelta(days=180)


class Misconfigured(Exception):
    """A setting that cannot be used; the text says which and why, and holds no secret."""


class ObjectStore(msgspec.Struct, frozen=True, kw_only=True):
    """An S3-compatible store to keep documents in."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"
    folder: str = ""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What the server needs to know to start."""

    data: Path
    database: str = ""
    object_store: ObjectStore | None = None
    host: str = "127.0.0.1"
    port: int = PORT
    # how many days a device may be away before the log need not wait for it
    device_days: int = DEVICES_LAST.days

    @property
    def database_url(self) -> str:
        """The given database, or the embedded one in the data folder."""
        return self.database or f"sqlite:///{self.data / 'server.db'}"

    @property
    def documents(self) -> Path:
        """The folder of documents, where no object store is given."""
        return self.data / "documents"

    @property
    def database_shown(self) -> str:
        """The database as it may be printed: without its password."""
        return make_url(self.database_url).render_as_string(hide_password=True)


def read_config(environment: Mapping[str, str]) -> Config:
    """The settings in DOORSTEP_* variables. Raises Misconfigured."""
    data = environment.get("DOORSTEP_DATA", "")
    config = Config(
        data=Path(data).expanduser().resolve() if data else user_data_path("doorstep-server", appauthor=False),
        database=environment.get("DOORSTEP_DATABASE", ""),
        object_store=_object_store(environment),
        host=environment.get("DOORSTEP_HOST", "127.0.0.1"),
        port=_port(environment.get("DOORSTEP_PORT", str(PORT))),
        device_days=_days(environment.get("DOORSTEP_DEVICE_DAYS", str(DEVICES_LAST.days))),
    )
    try:
        kind = make_url(config.database_url).get_backend_name()
    except ArgumentError as error:
        raise Misconfigured("DOORSTEP_DATABASE is not an address like postgresql://name@host/database") from error
    if kind not in ("sqlite", "postgresql"):
        raise Misconfigured(f"DOORSTEP_DATABASE names {kind}; Doorstep keeps its data in PostgreSQL or SQLite")
    return config


def _object_store(environment: Mapping[str, str]) -> ObjectStore | None:
    names = {
        "endpoint": "DOORSTEP_S3_ENDPOINT",
        "bucket": "DOORSTEP_S3_BUCKET",
        "access_key": "DOORSTEP_S3_KEY",
        "secret_key": "DOORSTEP_S3_SECRET",
    }
    given = {field: environment[name] for field, name in names.items() if environment.get(name)}
    if not given:
        return None
    lacking = [name for field, name in names.items() if field not in given]
    if lacking:
        raise Misconfigured(f"the object store also needs {', '.join(lacking)}")
    return ObjectStore(
        endpoint=given["endpoint"],
        bucket=given["bucket"],
        access_key=given["access_key"],
        secret_key=given["secret_key"],
        region=environment.get("DOORSTEP_S3_REGION", "us-east-1"),
        folder=environment.get("DOORSTEP_S3_FOLDER", ""),
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 65535:
        raise Misconfigured("DOORSTEP_PORT is not a port number")
    return int(text)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36_500:
        raise Misconfigured("DOORSTEP_DEVICE_DAYS is not a number of days")
    return int(text)
