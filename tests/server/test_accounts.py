"""Only who works here comes in, from a device, for a while; and who does not any more is out at once."""

import logging
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from casework.ids import new_id
from casework.values import Role
from casework.wire import NewPerson, NewPersonReply, Page, Pull, Reply, SignedIn, decode
from server import passwords
from server.accounts import end_access
from server.app import create_app
from server.parts import Parts
from server.routes_people import ChangePerson
from server.tables import account
from tests.kit_server import PASSWORD, person_id
from tests.kit_waiting import until
from tests.server.kit_central import Answer, Central, NextDoor, SetClock, Visitor, a_new_case

GOOD = "a long enough one"


def try_to_sign_in(visitor: Visitor, password: str, *, code: str = "") -> Answer:
    return visitor.send("/v1/session", visitor.offer(password, code=code))


def says_no(answer: Answer, status: int, code: str) -> bool:
    return (answer.status, answer.fault.code) == (status, code)


def add(admin: Visitor, username: str, role: Role = Role.ADVISOR) -> NewPersonReply:
    new = NewPerson(rid=new_id(), username=username, display_name=username.title(), role=role)
    return admin.ask("/v1/people", new, NewPersonReply)


@pytest.mark.covers("S6")
def test_that_an_advisor_signs_in_with_name_and_password(central: Central) -> None:
    amy = central.stranger("  AMY ")
    signed_in = amy.sign_in(PASSWORD)
    assert (signed_in.display_name, signed_in.role, signed_in.lasts) == ("Amy Jones", Role.ADVISOR, 600)
    assert amy.hello().now


@pytest.mark.covers("S8", "S9")
def test_that_an_admin_adds_somebody_who_comes_in_by_a_code_once_and_then_by_password(central: Central) -> None:
    sam = central.visitor("sam")
    code = add(sam, "dee", Role.COORDINATOR).code
    dee = central.stranger("dee")
    assert dee.sign_in(GOOD, code=code.lower().replace("-", " ")).role == Role.COORDINATOR
    assert says_no(try_to_sign_in(dee, GOOD, code=code), 401, "sign-in-wrong")
    assert dee.sign_in(GOOD).display_name == "Dee"


@pytest.mark.covers("S10")
def test_that_a_new_person_reaches_everybodys_lists(central: Central) -> None:
    amy, sam = central.visitor("amy"), central.visitor("sam")
    amy.sync()
    added = add(sam, "dee")
    amy.sync()
    assert amy.store.rows["person"][added.person_id]["display_name"] == "Dee"


@pytest.mark.parametrize("name", ["amy", "priya", "jo"])
def test_that_only_an_admin_looks_after_people(central: Central, name: str) -> None:
    visitor = central.visitor(name)
    new = NewPerson(rid=new_id(), username="mole", display_name="Mole", role=Role.ADMIN)
    assert says_no(visitor.send("/v1/people", new), 403, "not-allowed")
    change = ChangePerson(rid=new_id(), role=Role.ADMIN)
    assert says_no(visitor.send(f"/v1/people/{visitor.id}", change), 403, "not-allowed")
    assert says_no(visitor.send(f"/v1/people/{person_id('sam')}/code", change), 403, "not-allowed")


def test_that_adding_somebody_again_because_the_answer_was_lost_gives_a_code_that_works(central: Central) -> None:
    sam = central.visitor("sam")
    first = add(sam, "dee")
    again = add(sam, "dee")
    assert again.person_id == first.person_id
    dee = central.stranger("dee")
    assert says_no(try_to_sign_in(dee, GOOD, code=first.code), 401, "sign-in-wrong"), "only the last code counts"
    another = NewPerson(rid=new_id(), username="dee", display_name="Dee", role=Role.ADMIN)
    assert says_no(sam.send("/v1/people", another), 409, "username-taken"), "somebody else of that name"
    assert dee.sign_in(GOOD, code=again.code)
    same = msgspec.structs.replace(another, role=Role.ADVISOR)
    assert says_no(sam.send("/v1/people", same), 409, "username-taken"), "they have come in"


def test_that_a_name_that_is_taken_is_refused_however_it_is_written(central: Central) -> None:
    sam = central.visitor("sam")
    new = NewPerson(rid=new_id(), username=" Amy", display_name="Another", role=Role.ADVISOR)
    assert says_no(sam.send("/v1/people", new), 409, "username-taken")


def test_that_a_wrong_name_and_a_wrong_password_look_alike(central: Central) -> None:
    wrong = try_to_sign_in(central.stranger("amy"), "not the password")
    unknown = try_to_sign_in(central.stranger("nobody"), "not the password")
    with_code = try_to_sign_in(central.stranger("nobody"), GOOD, code="ABCD-EFGH")
    assert says_no(wrong, 401, "sign-in-wrong")
    for answer in (unknown, with_code):
        assert says_no(answer, 401, "sign-in-wrong")
        assert answer.fault.facts == wrong.fault.facts
        assert answer.headers.keys() == wrong.headers.keys()


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password-too-short"),
        ("x" * 1025, "password-too-long"),
        ("password1234", "password-too-common"),
        ("Qwertyuiop123!", "password-too-common"),
        ("aaaaaaaaaaaaaaaa", "password-too-common"),
        ("123456789012", "password-too-common"),
    ],
)
def test_that_a_bad_password_is_refused_and_the_code_stays_good(central: Central, password: str, code: str) -> None:
    one_time = add(central.visitor("sam"), "dee").code
    dee = central.stranger("dee")
    assert says_no(try_to_sign_in(dee, password, code=one_time), 400, code)
    assert dee.sign_in(GOOD, code=one_time)


def test_that_after_ten_wrong_tries_even_the_right_password_has_to_wait(timed: Central, clock: SetClock) -> None:
    stranger = timed.stranger("amy")
    for _ in range(10):
        assert says_no(try_to_sign_in(stranger, "not the password"), 401, "sign-in-wrong")
    refused = try_to_sign_in(stranger, PASSWORD)
    assert says_no(refused, 429, "too-many-tries")
    assert int(refused.headers["retry-after"]) > 0
    assert timed.visitor("ben").token, "others are not held up"
    clock.pass_time(minutes=6)
    assert stranger.sign_in(PASSWORD)


def test_that_a_name_that_nobody_has_is_guarded_just_the_same(timed: Central) -> None:
    stranger = timed.stranger("ghost")
    answers = [try_to_sign_in(stranger, "not the password").status for _ in range(11)]
    assert answers == [401] * 10 + [429]


def test_that_a_code_is_good_for_a_day(timed: Central, clock: SetClock) -> None:
    code = add(timed.visitor("sam"), "dee").code
    clock.pass_time(hours=25)
    assert says_no(try_to_sign_in(timed.stranger("dee"), GOOD, code=code), 401, "code-expired")


def test_that_a_token_ends_and_is_renewed_without_a_password(timed: Central, clock: SetClock) -> None:
    amy = timed.visitor("amy")
    clock.pass_time(minutes=11)
    assert says_no(amy.send("/v1/hello", amy.greeting()), 401, "signed-out")
    amy.renew()
    assert amy.hello().now


@pytest.mark.covers("FI2")
def test_that_a_pull_that_outlives_many_tokens_goes_on_where_it_was(timed: Central, clock: SetClock) -> None:
    priya, jo = timed.visitor("priya"), timed.visitor("jo")
    jo.sync()
    priya.say(*(a_new_case(client=f"Client {number}") for number in range(60)))
    more, pages = True, 0
    while more:
        pull = Pull(rid=new_id(), cur=jo.store.cur, held=jo.store.held, max_bytes=1_000)
        answer = jo.send("/v1/pull", pull)
        if answer.status == 401:
            jo.renew()
            answer = jo.send("/v1/pull", pull)
        page = decode(answer.body, Page)
        jo.store.apply(page)
        jo.store.cur, more, pages = page.cur, page.more, pages + 1
        clock.pass_time(minutes=6)
    assert pages == 60
    assert len(jo.store.cases) == 60


def test_that_a_renewal_whose_answer_was_lost_can_be_asked_again(timed: Central) -> None:
    amy = timed.visitor("amy")
    amy.send("/v1/session/renew", amy.renewing())  # its answer is lost
    amy.renew()
    assert amy.hello().now


def test_that_a_renewal_is_no_use_to_another_device_and_an_old_one_to_nobody(timed: Central) -> None:
    amy, ben = timed.visitor("amy"), timed.visitor("ben")
    first = amy.renewing()
    ben.renewal = amy.renewal
    assert says_no(ben.send("/v1/session/renew", ben.renewing()), 401, "signed-out")
    amy.renew()
    amy.renew()
    assert says_no(amy.send("/v1/session/renew", first), 401, "signed-out")


@pytest.mark.parametrize(("days", "each"), [(31, 31), (91, 20)])
def test_that_a_password_is_asked_for_again_after_a_while(
    timed: Central, clock: SetClock, days: int, each: int
) -> None:
    amy = timed.visitor("amy")
    passed = 0
    while passed + each < days:
        clock.pass_time(days=each)
        passed += each
        amy.renew()
    clock.pass_time(days=days - passed)
    assert says_no(amy.send("/v1/session/renew", amy.renewing()), 401, "signed-out")
    assert amy.sign_in(PASSWORD)


@pytest.mark.covers("FF3")
def test_that_who_is_let_go_is_out_at_the_next_request(central: Central) -> None:
    amy, sam = central.visitor("amy"), central.visitor("sam")
    case = central.opened(amy)
    sam.ask(f"/v1/people/{amy.id}", ChangePerson(rid=new_id(), is_active=False), Reply)
    assert says_no(amy.send("/v1/pull", Pull(rid=new_id(), cur=amy.store.cur, held=())), 403, "locked-out")
    assert (amy.hello().access, amy.hello().now) == ("deposit", ())
    assert says_no(try_to_sign_in(amy, PASSWORD), 401, "locked-out")
    assert central.case(case.id).owner_id == amy.id, "nothing that they did is lost"
    sam.ask(f"/v1/people/{amy.id}", ChangePerson(rid=new_id(), is_active=True), Reply)
    assert amy.hello().now


def test_that_a_new_role_changes_what_somebody_may_see_at_once(central: Central) -> None:
    amy, sam = central.visitor("amy"), central.visitor("sam")
    case = central.owned_by("ben")
    amy.sync()
    assert case.id not in amy.store.cases
    sam.ask(f"/v1/people/{amy.id}", ChangePerson(rid=new_id(), role=Role.LEAD), Reply)
    amy.sync()
    assert case.id in amy.store.cases
    sam.ask(f"/v1/people/{amy.id}", ChangePerson(rid=new_id(), role=Role.ADVISOR), Reply)
    amy.sync()
    assert case.id not in amy.store.cases


def test_that_the_last_admin_cannot_lock_everybody_out(central: Central) -> None:
    sam = central.visitor("sam")
    for change in (ChangePerson(rid=new_id(), is_active=False), ChangePerson(rid=new_id(), role=Role.LEAD)):
        assert says_no(sam.send(f"/v1/people/{sam.id}", change), 409, "last-admin")


def test_that_a_new_code_resets_a_password_and_ends_the_old_sessions(central: Central) -> None:
    amy, sam = central.visitor("amy"), central.visitor("sam")
    code = decode(sam.send_bytes("POST", f"/v1/people/{amy.id}/code", b"").body, NewPersonReply).code
    other = central.stranger("amy")
    other.sign_in(GOOD, code=code)
    assert says_no(amy.send("/v1/hello", amy.greeting()), 401, "signed-out")
    assert says_no(try_to_sign_in(amy, PASSWORD), 401, "sign-in-wrong")


def test_that_the_old_password_is_no_way_in_while_it_is_being_reset(central: Central) -> None:
    stranger = central.stranger("amy")
    with ThreadPoolExecutor(1) as beside:
        with central.database.writing() as conn:
            coming = beside.submit(try_to_sign_in, stranger, PASSWORD)
            until(lambda: central.database.gate.waiting == 1, "a sign-in whose password was right")
            end_access(conn, stranger.id)
            fresh = {"password_hash": passwords.hash_password(GOOD)}
            conn.execute(account.update().where(account.c.person_id == stranger.id).values(fresh))
        assert says_no(coming.result(), 401, "sign-in-wrong")


@pytest.mark.parametrize("device", ["short", "0" * 31 + "\n", "A" * 32])
def test_that_a_device_names_itself_by_an_id(central: Central, device: str) -> None:
    amy = central.stranger("amy")
    amy.device = device
    assert says_no(try_to_sign_in(amy, PASSWORD), 400, "not-understood")


def test_that_signing_out_ends_this_device_and_no_other(central: Central) -> None:
    here, there = central.visitor("amy"), central.visitor("amy")
    assert here.send_bytes("POST", "/v1/session/end", b"").status == 200
    assert says_no(here.send("/v1/hello", here.greeting()), 401, "signed-out")
    assert says_no(here.send("/v1/session/renew", here.renewing()), 401, "signed-out")
    assert there.hello().now


def test_that_a_device_belongs_to_one_person(central: Central) -> None:
    amy = central.visitor("amy")
    ben = central.stranger("ben")
    ben.device = amy.device
    assert says_no(try_to_sign_in(ben, PASSWORD), 409, "device-of-another")


def test_that_no_secret_is_kept_as_it_is_and_none_is_logged(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    central = Central(line=NextDoor(create_app(parts)), database=parts.database)
    amy, sam = central.visitor("amy"), central.visitor("sam")
    code = add(sam, "dee").code
    amy.renew()
    try_to_sign_in(central.stranger("amy"), "wrong-canary-password")
    amy.say(a_new_case(client="Mrs Canary"))
    on_disk = b"".join(path.read_bytes() for path in parts.config.data.rglob("*") if path.is_file())
    for secret in (amy.token, amy.renewal, PASSWORD, code, code.replace("-", ""), "wrong-canary-password"):
        assert secret.encode() not in on_disk
        assert secret not in caplog.text
    assert "canary" not in caplog.text.lower()
    assert "amy" not in caplog.text.lower()


def test_that_a_code_is_told_from_another_however_it_is_typed() -> None:
    code = passwords.new_code()
    assert passwords.hash_code(code) == passwords.hash_code(f" {code.lower().replace('-', '')}\n")
    assert passwords.hash_code(code) != passwords.hash_code(passwords.new_code())


def test_that_signing_in_says_who_one_is_and_where(central: Central) -> None:
    amy = central.stranger("amy")
    reply = amy.ask("/v1/session", amy.offer(PASSWORD), SignedIn)
    assert (reply.person_id, reply.organisation) == (person_id("amy"), "Warmer Homes Advice")
    amy.token = reply.token
    assert amy.hello().epoch == reply.epoch
