"""The command `doorstep-server`: start it, look after its people, see what is wrong with it."""

import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from casework.store_faults import StoreFault
from casework.values import Person, Role
from casework.wire import NewPerson
from server.app import create_app
from server.backups import BackupDamaged, back_up, note_backup, note_restore
from server.check import findings
from server.config import Config, Misconfigured, read_config
from server.ledger import head_of
from server.parts import Parts, open_parts
from server.problem import Problem
from server.serving import listen, run, server_of, set_up_logging
from server.setting_up import DEMO_PASSWORD
from server.tidying import Tidying

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The central server of Doorstep.")
user = typer.Typer(no_args_is_help=True, help="The people who work with it.")
app.add_typer(user, name="user")

FIRST_ADMIN = "admin"
# What no laptop offers again after a restore, for it was said here and not on one (FF3).
_AS_IN_THE_BACKUP = """
Who may come in, and in which role, is as it was when the backup was made. Do once more what was done since:
  - devices reported lost:  doorstep-server user devices NAME   shows them; doorstep-server lost-device ID
  - access ended:           doorstep-server user list           shows everybody; doorstep-server user end NAME
  - new passwords:          the earlier ones count again;       doorstep-server user code NAME gives a new code
  - people added:           doorstep-server user add NAME; by the same name their laptop goes on where it was
"""
_TROUBLE = {
    "no-room": "The disk is full. Make room, then start again.",
    "disk-fault": "The data folder cannot be read or written. Check its owner and its disk.",
    "store-busy": "Another program holds the database. Is another server running on the same folder?",
    "store-damaged": "The database is damaged. Put the newest backup in its place.",
    "store-from-newer-app": "A newer version of Doorstep has used this database. Install that version.",
    "store-unreachable": "The database server does not answer. Check DOORSTEP_DATABASE and that it is running.",
    "store-sqlite-too-old": "The SQLite inside this installation is too old to be safe. Reinstall Doorstep.",
}


@app.command()
def up(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for the whole network.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 0,
    organisation: Annotated[str, typer.Option(help="Name of a new organisation.")] = "Our organisation",
) -> None:
    """Start the server; the first time, set everything up."""
    set_up_logging(logging.INFO)
    config = _config()
    host, port = host or config.host, port or config.port
    try:
        listener = listen(host, port)
    except OSError as error:
        typer.echo(
            f"Cannot listen on {host}:{port} ({error.strerror}). Choose another with --host and --port.", err=True
        )
        raise typer.Exit(1) from error
    parts = _open(config)
    is_new = parts.setting_up.start(organisation)
    typer.echo(f"Doorstep is on http://{host}:{port}")
    typer.echo(f"  data       {config.data}")
    typer.echo(f"  database   {config.database_shown}")
    typer.echo(f"  documents  {config.object_store.bucket if config.object_store else config.documents}")
    _introduce(parts, is_new)
    tidying = Tidying(
        parts.database,
        parts.blobs,
        journal=parts.journal,
        devices_last=timedelta(days=config.device_days),
        sweeps=(parts.rescue.sweep, parts.snapshots.sweep),
    )
    tidying.start()
    try:
        run(server_of(create_app(parts), stopping=parts.news.close), listener)
    finally:
        tidying.stop()
        parts.close()
    typer.echo("Stopped.")


@app.command()
def check() -> None:
    """See whether everything that the server needs is there, and say what to do where it is not."""
    try:
        config = read_config(os.environ)
    except Misconfigured as error:
        typer.echo(f"PROBLEM  settings: {error}")
        raise typer.Exit(1) from error
    is_well = True
    for finding in findings(config):
        is_well = is_well and finding.is_well
        typer.echo(f"{'ok      ' if finding.is_well else 'PROBLEM '} {finding.what}: {finding.words}")
    if not is_well:
        raise typer.Exit(1)


@app.command()
def backup(folder: Path) -> None:
    """Copy the embedded database and the documents into a folder, and look the copy through."""
    config = _config()
    parts = _open(config)
    if not parts.database.is_sqlite:
        typer.echo("Back PostgreSQL up with its own tools; then say `doorstep-server backed-up NUMBER`.", err=True)
        raise typer.Exit(1)
    try:
        done = back_up(parts.database, folder, documents=None if config.object_store else config.documents)
    except BackupDamaged as damaged:
        typer.echo(str(damaged), err=True)
        raise typer.Exit(1) from damaged
    except StoreFault as fault:
        typer.echo(_TROUBLE.get(fault.code, fault.code), err=True)
        raise typer.Exit(1) from fault
    typer.echo(f"Everything up to change {done.rev} is in {done.path}, with {done.documents} new documents beside it.")


@app.command()
def snapshot() -> None:
    """Make ready what a new laptop of the office starts from; for every night, when laptops are set up anew often."""
    parts = _open(_config())
    try:
        made = parts.snapshots.make()
    except StoreFault as fault:
        typer.echo(_TROUBLE.get(fault.code, fault.code), err=True)
        raise typer.Exit(1) from fault
    typer.echo(f"Everything up to change {made.at[0]} is ready: {made.length / 1e6:,.1f} MB. It is offered for a week.")


@app.command("backed-up")
def backed_up(number: Annotated[int | None, typer.Argument(help="The last change in the backup.")] = None) -> None:
    """Say that a verified backup has everything up to a change; without a number, show the last change there is."""
    parts = _open(_config())
    if number is None:
        with parts.database.reading() as conn:
            typer.echo(str(head_of(conn)[0]))
        return
    try:
        note_backup(parts.database, number)
    except ValueError as error:
        typer.echo(f"That cannot be: {error}.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Laptops need not keep changes up to {number} for another time any more.")


@app.command()
def restored() -> None:
    """Say that the database was put back from a backup: every laptop then offers again what it has, and compares."""
    parts = _open(_config())
    note_restore(parts.database)
    typer.echo("Every laptop will offer again what came after the backup, with its next round.")
    typer.echo(_AS_IN_THE_BACKUP, nl=False)


@app.command("lost-device")
def lost_device(device_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Report a device lost: it may hand over what it holds, for a lead to look at, and gets nothing any more."""
    parts = _open(_config())
    try:
        parts.devices.lose(device_id)
    except Problem as problem:
        typer.echo("There is no such device. See `doorstep-server user devices NAME`.", err=True)
        raise typer.Exit(1) from problem
    typer.echo("With its next round the device hands over what it has and empties itself.")


@app.command()
def sample(
    password: Annotated[str, typer.Option(help="The password of all six people.")] = DEMO_PASSWORD,
) -> None:
    """Load the sample organisation into an empty server: six people, two projects, a journey, queues."""
    parts = _open(_config())
    names = ("amy", "ben", "cara", "priya", "jo", "sam")
    if not parts.setting_up.start_sample(dict.fromkeys(names, password)):
        typer.echo("There is an organisation on this server already; nothing was changed.", err=True)
        raise typer.Exit(1)
    typer.echo(f"The sample organisation is in. Sign in as {', '.join(names)}.")


@app.command("submit-rescue")
def submit_rescue(
    file: Annotated[Path, typer.Argument(help="The rescue copy.", exists=True, dir_okay=False)],
    by: Annotated[str, typer.Option(help="User name of the admin who hands it in; the feed names them.")],
    look: Annotated[bool, typer.Option(help="Only say what is in it.")] = False,
    unproved: Annotated[bool, typer.Option(help="Even where it is not sure that it comes from that laptop.")] = False,
) -> None:
    """Hand in a laptop's rescue copy for its author; doing it twice, or later from the laptop, doubles nothing."""
    parts = _open(_config())
    admin = _person(parts, by)
    if admin.role is not Role.ADMIN or not admin.is_active:
        typer.echo(f"{by} is no admin.", err=True)
        raise typer.Exit(1)
    try:
        asks = parts.rescue.needs_passphrase(file)
        passphrase = typer.prompt("Passphrase of the copy", hide_input=True) if asks else ""
        found = parts.rescue.look(file, passphrase=passphrase)
        typer.echo(
            f"From {found.author.display_name}, made {found.made_at:%d %b %Y %H:%M}: {found.changes} changes"
            f" ({found.known} here already), {found.papers} documents."
        )
        if found.is_lost:
            typer.echo("That device was reported lost: nothing of it is carried out, all waits for a decision.")
        if look:
            return
        done = parts.rescue.submit(file, admin, passphrase=passphrase, even_unproved=unproved)
    except Problem as problem:
        raise _said_no(problem) from problem
    waiting = done.waiting + done.unreadable
    typer.echo(f"{done.applied} took effect, {done.kept} wait for a decision, {waiting} wait for others.")
    typer.echo(f"{done.stored} documents are stored.")
    if done.loose:
        typer.echo(f"{done.loose} documents are on no case yet: keep the file.")


@user.command("add")
def add_user(
    username: str,
    name: Annotated[str, typer.Option(help="How the person is called on screen.")] = "",
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.ADVISOR,
    email: str = "",
) -> None:
    """Add somebody; prints the one-time code for their first sign-in."""
    parts = _open(_config())
    try:
        reply = parts.people.add(
            NewPerson(rid="", username=username, display_name=name or username, role=role, email=email)
        )
    except Problem as problem:
        raise _said_no(problem) from problem
    _show_code(username, reply.code)


@user.command("list")
def list_users() -> None:
    """Show everybody."""
    parts = _open(_config())
    waiting = {person.id for person in parts.people.never_signed_in()}
    for person in parts.people.all():
        notes = [] if person.is_active else ["access ended"]
        notes += ["never signed in"] if person.id in waiting else []
        typer.echo(f"{person.username:20} {person.role:12} {person.display_name:30} {', '.join(notes)}")


@user.command("devices")
def list_devices(username: str) -> None:
    """Show the devices that somebody has signed in on, the latest first."""
    parts = _open(_config())
    for one in parts.devices.of_person(_person(parts, username).id):
        typer.echo(f"{one.id}  {one.last_seen[:16].replace('T', ' ')}  {one.name}{'  lost' if one.is_lost else ''}")


@user.command("code")
def new_code(username: str) -> None:
    """Give somebody a new one-time code: for a forgotten password."""
    parts = _open(_config())
    person = _person(parts, username)
    try:
        _show_code(username, parts.people.new_code(person.id))
    except Problem as problem:
        raise _said_no(problem) from problem


@user.command("end")
def end_access(username: str) -> None:
    """End somebody's access, at once and on all devices. Nothing that they did is lost."""
    parts = _open(_config())
    try:
        parts.people.change(_person(parts, username).id, is_active=False)
    except Problem as problem:
        raise _said_no(problem) from problem
    typer.echo(f"{username} cannot come in any more.")


def _introduce(parts: Parts, is_new: bool) -> None:
    """As long as no admin has ever signed in, gives a code to the first one; none is ever there by default."""
    admins = [person for person in parts.people.all() if person.role is Role.ADMIN]
    waiting = {person.id for person in parts.people.never_signed_in()}
    if any(admin.id not in waiting for admin in admins):
        return
    if admins:
        name, code = admins[0].username, parts.people.new_code(admins[0].id)
    else:
        first = NewPerson(rid="", username=FIRST_ADMIN, display_name="Administrator", role=Role.ADMIN)
        name, code = FIRST_ADMIN, parts.people.add(first).code
    typer.echo("This is a new server." if is_new else "No admin has signed in yet.")
    _show_code(name, code)
    typer.echo("Next: sign in with the desktop app, then add people with `doorstep-server user add NAME`.")
    typer.echo("Before laptops outside this machine use it, put it behind a proxy with TLS.")


def _show_code(username: str, code: str) -> None:
    typer.echo(f"{username} signs in with the one-time code {code} within 24 hours, and sets a password then.")


def _person(parts: Parts, username: str) -> Person:
    person = parts.people.by_username(username)
    if person is None:
        typer.echo(f"There is nobody with the user name {username}.", err=True)
        raise typer.Exit(1)
    return person


def _said_no(problem: Problem) -> typer.Exit:
    words = {
        "name-needed": "A user name and a name are needed, of 100 signs at most.",
        "username-taken": "That user name is taken.",
        "not-found": "That person's access has ended.",
        "rescue-not-one": "That is no rescue copy.",
        "rescue-broken": "The copy is damaged or cut short, or the passphrase does not fit. Nothing was changed.",
        "rescue-not-for-us": "The copy was made for another organisation's server.",
        "rescue-of-another-server": "Nobody here is the author of that copy: it was made for another server.",
        "rescue-unproved": "It is not sure that the copy comes from its author's laptop: ask them, then --unproved.",
        "last-admin": "Nobody would be left who can look after people.",
    }
    typer.echo(words.get(problem.code, problem.code), err=True)
    return typer.Exit(1)


def _config() -> Config:
    try:
        return read_config(os.environ)
    except Misconfigured as error:
        typer.echo(f"The settings do not fit: {error}.", err=True)
        raise typer.Exit(1) from error


def _open(config: Config) -> Parts:
    try:
        return open_parts(config)
    except StoreFault as fault:
        typer.echo(_TROUBLE.get(fault.code, fault.code), err=True)
        raise typer.Exit(1) from fault


def main() -> None:
    """The entry point."""
    app()


if __name__ == "__main__":
    main()
