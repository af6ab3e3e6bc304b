"""Makes the README's pictures of the real app, with the sample organisation on show."""

from pathlib import Path

from PIL import Image

from desktop.demo.narrator import Narrator
from desktop.demo.photo import take_photo
from desktop.demo.pilot import until
from desktop.demo.sample_cases import seed
from desktop.demo.seat import Seat
from desktop.demo.stage import REFERRALS, Stage

COLOURS = 128
MINE, THEIRS = "07700 900444", "07700 900555"


def take_pictures(stage: Stage, narrator: Narrator, folder: Path) -> None:
    """Three pictures, at 1366 by 768 and small enough for a page."""
    narrator.title("Three pictures of the app")
    client = seed(stage.desktops, stage.server.url, REFERRALS, lambda done, total: None)
    amy, priya = stage.sit_down("amy", "priya")
    priya.go("waiting")
    priya.row("waiting-rows", "Duplicate")
    _keep(priya, folder / "waiting-list.png", narrator)
    amy.open_case_of(client)
    _a_visit(stage, amy)
    _keep(amy, folder / "case.png", narrator)
    _two_clashes(amy, priya, client)
    amy.go("decisions")
    _keep(amy, folder / "decisions.png", narrator)


def _keep(seat: Seat, path: Path, narrator: Narrator) -> None:
    """Saves what a window looks like; a screen has few colours, so the file may have few too."""
    until(lambda: not seat.has("toast"), f"the toast in {seat.who}'s window to go")
    seat.picture(path)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    narrator.say(f"{path.name}, {path.stat().st_size // 1000} kB")


def _a_visit(stage: Stage, amy: Seat) -> None:
    """What a visit leaves on a case."""
    amy.case.finish_task("Home visit", "Radiators cold upstairs")
    amy.case.drop_file(take_photo(stage.folder / "photos" / "cold radiator.jpg"))
    amy.case.write_note("Mould behind the wardrobe in the back bedroom. The landlord was told in writing.")
    amy.case.turn_to("Details")
    amy.sync()


def _two_clashes(amy: Seat, priya: Seat, client: str) -> None:
    """A number that both corrected, and a case that both moved on, while neither saw the other."""
    amy.cut()
    for seat, number, step in ((amy, MINE, "Action plan and referrals"), (priya, THEIRS, "Implementation of measures")):
        seat.open_case_of(client)
        seat.case.change_field("contact.mobile", number)
        seat.case.move_to(step)
    priya.sync()
    amy.cut(False)
    amy.sync()
