"""The parts of a running server, opened and closed together; every process has its own set over the same data."""

from collections.abc import Callable

import msgspec

from casework.database import Database
from casework.kinds import LATEST
from casework.migrate import upgrade
from casework.sqlite_file import Behind
from casework.store_faults import fault_of_os
from casework.tables import metadata
from server import tables
from server.accounts import Accounts
from server.blobs import BlobStore
from server.blobs_folder import BlobFolder
from server.blobs_s3 import BlobBucket, S3Place
from server.clock import Clock, utc_now
from server.config import Config
from server.devices import Devices
from server.documents import Documents
from server.journal import Journal
from server.news import Newsroom
from server.people import People
from server.rescue import Rescue
from server.setting_up import SettingUp
from server.snapshots import Snapshots

# the server's own tables are known to the shared metadata once their module is loaded
assert tables.commit_log.metadata is metadata


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What the routes are made of."""

    config: Config
    database: Database
    clock: Clock
    journal: Journal
    accounts: Accounts
    devices: Devices
    news: Newsroom
    people: People
    documents: Documents
    rescue: Rescue
    setting_up: SettingUp
    snapshots: Snapshots
    blobs: BlobStore

    def close(self) -> None:
        """Lets go of every connection, and of who waits for news."""
        self.news.close()
        self.snapshots.close()
        self.database.close()


def open_parts(config: Config, *, clock: Clock = utc_now, blobs: Callable[[Config], BlobStore] | None = None) -> Parts:
    """Opens the data, making or upgrading its tables. Raises StoreFault."""
    try:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise fault_of_os(error) from error
    database = Database.at(config.database_url)
    if isinstance(database.prepare(metadata, side="server", latest=LATEST), Behind):
        upgrade(database, side="server")
    news = Newsroom(database)
    snapshots = Snapshots(database, config.data / "snapshots", clock=clock)
    with database.reading() as conn:
        # one of a history that has ended meanwhile goes now
        snapshots.offered(conn)

    def committed() -> None:
        news.look()
        snapshots.look()

    journal = Journal(database, clock=clock, committed=committed)
    people = People(database, journal, clock=clock)
    store = (blobs or open_blobs)(config)
    documents = Documents(database, journal, store, clock=clock)
    return Parts(
        config=config,
        database=database,
        clock=clock,
        journal=journal,
        accounts=Accounts(database, clock=clock),
        devices=Devices(database),
        news=news,
        people=people,
        documents=documents,
        rescue=Rescue(database, journal, documents, config.data / "rescued"),
        setting_up=SettingUp(database, journal, people, clock=clock),
        snapshots=snapshots,
        blobs=store,
    )


def open_blobs(config: Config) -> BlobStore:
    """The store of documents that the settings name."""
    if config.object_store is None:
        return BlobFolder(config.documents)
    given = config.object_store
    return BlobBucket(
        S3Place(
            endpoint=given.endpoint,
            bucket=given.bucket,
            access_key=given.access_key,
            secret_key=given.secret_key,
            region=given.region,
            folder=given.folder,
        )
    )
