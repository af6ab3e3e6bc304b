"""The story of the clash, played through the windows' own widgets: nothing is lost, one owner stands, all are told."""

from desktop.demo.narrator import Narrator
from desktop.demo.photo import take_photo
from desktop.demo.pilot import NotThere, until
from desktop.demo.seat import Seat
from desktop.demo.stage import REFERRALS, Stage

PROJECT = "Warm Homes"
VISITED, PHONED, GIVEN_TWICE = "Björn Kowalska", "Tomasz Thomas", "Fatima Mac-Donald"
BENS, WANTED_BY_TWO = "Patricia Khan", "Mohammed Roberts"
NOTE = "Two children under five sleep in the back bedroom.\nThere is mould behind the wardrobe."
OUTCOME = "Radiators cold upstairs"
MINE, THEIRS = "07700 900444", "07700 900555"


class Story:
    """Plays every act in order; raises NotThere, with what was on the screen instead, where it does not go as told."""

    def __init__(self, stage: Stage, narrator: Narrator) -> None:
        self._stage = stage
        self._tell = narrator
        self._title, self._say, self._quote, self._show = (
            narrator.title,
            narrator.say,
            narrator.quote,
            narrator.show,
        )

    def play(self) -> None:
        """The whole story."""
        (self._priya,) = self._stage.sit_down("priya")
        self._referrals_come_in()
        self._priya_triages()
        self._amy, self._ben, self._jo = self._stage.sit_down("amy", "ben", "jo")
        self._amy_goes_on_a_visit()
        self._priya_gives_the_case_to_ben()
        self._amy_comes_back()
        self._ben_decides()
        self._two_claim_one_case()
        self._two_correct_one_number()
        self._two_coordinators()
        self._everything_arrived()

    def _referrals_come_in(self) -> None:
        priya = self._priya
        self._title("The council's referrals come in")
        priya.importing.try_out(REFERRALS)
        priya.wait_to_see("320", "Import 320 people")
        self._say(
            "Priya, who coordinates, opens the council's file. The trial shows what would come of it, row by row."
        )
        self._show(priya, "trial")
        priya.importing.take_in(PROJECT)
        priya.wait_to_see("320 people are on the waiting list")
        self._say("She takes all 320 people in; the line with the totals stays out, and nobody is joined with anybody.")
        self._show(priya, "imported")
        priya.sync()

    def _priya_triages(self) -> None:
        priya = self._priya
        self._title("Priya decides about the most pressing")
        priya.waiting.show(VISITED)
        self._show(priya, "waiting-list")
        for client, owner in ((VISITED, "Amy"), (PHONED, "Amy"), (GIVEN_TWICE, "Amy"), (BENS, "Ben")):
            priya.waiting.accept(client, owner)
            self._say(f"She accepts {client} and gives the case to {owner}.")
        priya.sync()

    def _amy_goes_on_a_visit(self) -> None:
        amy = self._amy
        self._title("Amy takes her case along, without a network")
        self._quote("Amy", amy.today.reads(VISITED, "Priya Shah gave you this case"))
        self._show(amy, "amy-today")
        amy.open_case_of(VISITED)
        amy.cut()
        self._say("At the client's door there is no signal: Amy's cable is cut.")
        amy.case.write_note(NOTE)
        self._say("She writes a note of two lines.")
        amy.case.finish_task("Phone call", OUTCOME)
        self._say("She ticks the phone call as done, and says what came of it.")
        amy.case.drop_file(take_photo(self._stage.folder / "photos" / "cold radiator.jpg"))
        self._say("She drops a photo on the case.")
        self._show(amy, "amy-photo-offline")
        amy.case.turn_to("Details")
        amy.case.move_to("Assessment")
        amy.sync(may_fail=True)
        amy.wait_to_see("Offline", "Kept here, not sent yet")
        self._say("She moves the case on to Assessment. All of it is kept here, and says so.")
        self._show(amy, "amy-case-offline")

    def _priya_gives_the_case_to_ben(self) -> None:
        priya = self._priya
        self._title("Meanwhile, in the office")
        priya.open_case_of(VISITED)
        priya.case.change_owner("Ben", "Amy is away from Thursday")
        priya.wait_to_see("Ben Carter")
        self._say("Priya, who knows nothing of the visit, gives the same case to Ben.")
        self._show(priya, "priya-gives-it-to-ben")
        priya.sync()
        self._ben.sync()

    def _amy_comes_back(self) -> None:
        amy = self._amy
        self._title("Amy's laptop comes back")
        amy.cut(False)
        amy.sync()
        self._quote("Amy", amy.today.reads(VISITED, "Priya Shah moved your case to Ben Carter"))
        self._quote("Amy", amy.today.reads(VISITED, "The case is with Ben Carter now. What you wrote is on it"))
        self._show(amy, "amy-is-told")
        self._quote("Amy", amy.decisions.reads(VISITED, "You moved the case to Assessment", "It waits for Ben Carter"))
        self._show(amy, "amy-decisions")

    def _ben_decides(self) -> None:
        amy, ben = self._amy, self._ben
        self._title("Ben, whose case it is now")
        ben.sync()
        ben.today.reads(VISITED, "Priya Shah gave you this case")
        ben.open_case_of(VISITED)
        ben.wait_to_see(NOTE.split("\n")[0], OUTCOME)
        self._say("Ben sees all that Amy wrote: the note, the finished call and what came of it.")
        self._show(ben, "ben-case")
        ben.case.turn_to("Documents")
        ben.wait_to_see("cold radiator.jpg")
        self._say("Her photo is there too.")
        self._show(ben, "ben-photo")
        amy.open_case_of(VISITED)
        self._quote("Ben", ben.decisions.reads(VISITED, "Amy Jones moved the case to Assessment", "given it to Ben"))
        self._show(ben, "ben-decides")
        ben.decisions.decide(VISITED, "use")
        self._say("One click: Ben takes the move to Assessment over.")
        ben.sync()
        amy.sync()
        amy.wait_to_see("This case is now with Ben Carter")
        self._say("With all decided and delivered, the case leaves Amy's laptop, and the page says where it went.")
        self._show(amy, "amy-case-has-left")
        self._quote("Amy", amy.today.reads("Ben Carter used your change"))

    def _two_claim_one_case(self) -> None:
        amy, ben = self._amy, self._ben
        self._title("Amy and Ben take the same waiting case, both without a network")
        for seat in (amy, ben):
            seat.cut()
            seat.waiting.claim(WANTED_BY_TWO)
        amy.open_case_of(WANTED_BY_TWO)
        amy.case.write_note("Rang him, he is in after four")
        self._say(f"Both take {WANTED_BY_TWO}; Amy rings him and writes it down.")
        for seat in (ben, amy):
            seat.cut(False)
            seat.sync()
        self._quote("Amy", amy.today.reads(WANTED_BY_TWO, "Ben Carter took it first"))
        self._show(amy, "amy-was-second")
        ben.sync()
        ben.open_case_of(WANTED_BY_TWO)
        ben.wait_to_see("Rang him, he is in after four")
        self._say("Ben was back first, so the case is his, and Amy's note is on it.")
        self._show(ben, "ben-has-both")

    def _two_correct_one_number(self) -> None:
        amy, priya = self._amy, self._priya
        self._title("Two people correct the same telephone number")
        amy.open_case_of(PHONED)
        amy.cut()
        amy.case.change_field("contact.mobile", MINE)
        priya.open_case_of(PHONED)
        priya.case.change_field("contact.mobile", THEIRS)
        priya.sync()
        amy.cut(False)
        amy.sync()
        self._quote("Amy", amy.decisions.reads(PHONED, MINE, THEIRS))
        self._show(amy, "amy-two-numbers")
        amy.decisions.choose(PHONED, "mobile", MINE)
        amy.decisions.decide(PHONED, "fields")
        self._say("Both values stand side by side; Amy, who owns the case, picks hers with one click.")
        amy.sync()
        priya.sync()
        priya.open_case_of(PHONED)
        priya.wait_to_see(MINE)
        self._say("Priya's page has the number that Amy chose.")

    def _two_coordinators(self) -> None:
        priya, jo = self._priya, self._jo
        self._title("Priya and Jo give the same case to different people, both without a network")
        jo.sync()
        for seat, owner in ((priya, "Ben"), (jo, "Cara")):
            seat.open_case_of(GIVEN_TWICE)
            seat.cut()
            seat.case.change_owner(owner)
        for seat in (priya, jo):
            seat.cut(False)
            seat.sync()
        self._quote("Jo", jo.decisions.reads(GIVEN_TWICE, "still want Cara Lewis?"))
        self._show(jo, "jo-still-wants-cara")
        jo.decisions.decide(GIVEN_TWICE, "leave")
        jo.sync()
        self._say("Jo leaves the case with Ben.")

    def _everything_arrived(self) -> None:
        self._title("At the end of the day")
        for seat in (self._amy, self._ben, self._priya, self._jo):
            _has_sent_all(seat)
        owners = {seat.username: self._owner_at(seat) for seat in (self._priya, self._ben, self._jo)}
        if len(set(owners.values())) != 1:
            raise NotThere(f"One owner should stand on every desktop, but they are {owners}.")
        self._say("Every desktop has sent everything, and each case has one owner on all of them.")

    def _owner_at(self, seat: Seat) -> str:
        case = seat.case_of(VISITED)
        return case.owner_id if case else ""


def _has_sent_all(seat: Seat) -> None:
    seat.sync()
    until(
        lambda: not seat.desk.standing().unsent and not seat.desk.standing().papers,
        lambda: f"{seat.who} still has {seat.desk.standing().unsent} changes that were not sent",
    )
