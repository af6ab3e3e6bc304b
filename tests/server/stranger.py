"""A client that somebody wrote who has only docs/wire.md: nothing of Doorstep's own code is imported here."""

import os
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import requests

MEDIA_TYPE = "application/vnd.doorstep.sync+json"
START = [0, ""]
PATIENCE = 20


def new_id() -> str:
    """A UUIDv7 without dashes: 48 bits of time, then chance."""
    chance = int.from_bytes(os.urandom(10), "big")
    number = time.time_ns() // 1_000_000 << 80 | chance
    number = number & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62).hex


class NotOurServer(Exception):
    """What came back is no answer to what was asked: nothing may be changed for it."""


class Refused(Exception):
    """The server said why not."""

    def __init__(self, status: int, code: str, facts: dict[str, str]) -> None:
        super().__init__(f"{status} {code}")
        self.code, self.facts = code, facts


class Stranger:
    """One person's store in memory: cases whole by their scopes, a cursor, and an outbox."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/") + "/v1"
        self._http = requests.Session()
        self._token = ""
        self._renewal = ""
        self.device = new_id()
        self.person_id = ""
        self.nonce = ""
        self.known: list[Any] = START
        self.cursor: list[Any] = START
        self.held: list[str] = []
        self.now: list[str] = []
        self.scopes: dict[str, list[str]] = {}
        self.tables: dict[str, dict[str, dict[str, Any]]] = {}
        self.outbox: list[dict[str, Any]] = []
        self.outcomes: dict[str, dict[str, Any]] = {}

    def sign_in(self, username: str, password: str) -> None:
        """Section 3."""
        asked = {"username": username, "password": password, "device": self.device, "device_name": "a stranger's"}
        self._let_in(self._ask("/session", {**asked, "app": "stranger 1"}))

    def _let_in(self, answer: dict[str, Any]) -> None:
        self._token, self._renewal, self.person_id = answer["token"], answer["renewal"], answer["person_id"]

    def round(self) -> None:
        """Section 4: hello, push, pull."""
        nonce = new_id()
        hello = {"proto": 1, "app": "stranger 1", "schema": 1, "device": self.device, "prev_nonce": self.nonce}
        clock = datetime.now(UTC).isoformat()
        answer = self._ask("/hello", {**hello, "nonce": nonce, "known": self.known, "clock": clock})
        self.nonce, self.now = nonce, answer["now"]
        self._push(answer["limits"]["push_commands"])
        while added := [scope for scope in self.now if scope not in self.held]:
            self._fill(added)
        while self._pull(None)["more"]:
            pass

    def say(self, kind: str, case_id: str, **fields: Any) -> str:
        """Section 5: puts a command into the outbox; returns its id."""
        case = self.tables.get("case_file", {}).get(case_id, {})
        before = [said["id"] for said in self.outbox if said["say"]["case_id"] == case_id]
        said = {
            "id": new_id(),
            "at": datetime.now(UTC).isoformat(),
            "prev": before[-1] if before else "",
            "under": case.get("owner_cmd", ""),
            "epoch": case.get("owner_epoch", 0),
            "again": False,
            "say": {"type": kind, "case_id": case_id, **fields},
        }
        self.outbox.append(said)
        return str(said["id"])

    def _push(self, most: int) -> None:
        while self.outbox:
            acks = self._ask("/push", {"cmds": self.outbox[:most]})["acks"]
            final = {ack["id"]: ack for ack in acks if ack["st"] not in ("held", "later")}
            if not final:
                return
            self.outcomes |= final
            self.known = max([self.known, *([ack["rev"], ack["chain"]] for ack in acks)], key=lambda stamp: stamp[0])
            self.outbox = [said for said in self.outbox if said["id"] not in final]

    def _fill(self, scopes: list[str]) -> None:
        after = ""
        while True:
            page = self._pull({"scopes": scopes, "after": after})
            after = page["fill_after"]
            if not after:
                break
        self.held = [scope for scope in [*self.held, *scopes] if scope in self.now]

    def _pull(self, fill: dict[str, Any] | None) -> dict[str, Any]:
        """Section 6: one page, applied in the order that the section gives."""
        page = self._ask("/pull", {"cur": self.cursor, "held": self.held, "fill": fill, "max_bytes": 1_000_000})
        self.now = page["now"]
        out_of_reach = [one for one, scopes in self.scopes.items() if not set(scopes) & set(self.now)]
        for case_id in {*out_of_reach, *page["evict"]} - set(page["whole"]):
            self._forget(case_id)
            self.scopes.pop(case_id, None)
        for case_id, scopes in page["whole"].items():
            self._forget(case_id)
            self.scopes[case_id] = scopes
        for table, rows in page["rows"].items():
            mine = self.tables.setdefault(table, {})
            for values in rows["r"]:
                row = dict(zip(rows["c"], values, strict=True))
                if mine.get(row["id"], row)["rev"] <= row["rev"]:
                    mine[row["id"]] = row
        if fill is None or self.cursor == START:
            self.cursor = page["cur"]
        self.held = [scope for scope in self.held if scope in self.now]
        self.known = max(self.known, page["cur"], key=lambda stamp: stamp[0])
        return page

    def _forget(self, case_id: str) -> None:
        for name, rows in self.tables.items():
            if name in ("kept_work", "notice"):
                continue
            key = "id" if name == "case_file" else "case_id"
            for row_id in [row_id for row_id, row in rows.items() if row.get(key) == case_id]:
                del rows[row_id]

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Section 2: an answer counts only if it is one; a token that has ended is renewed once."""
        try:
            return self._once(path, body)
        except Refused as refused:
            if refused.code != "signed-out" or not self._renewal:
                raise
        self._let_in(self._once("/session/renew", {"device": self.device, "renewal": self._renewal}))
        return self._once(path, body)

    def _once(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        rid = new_id()
        headers = {"Content-Type": MEDIA_TYPE} | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        got = self._http.post(
            self._url + path, json={"rid": rid, **body}, headers=headers, timeout=PATIENCE, allow_redirects=False
        )
        if got.headers.get("Content-Type") != MEDIA_TYPE:
            raise NotOurServer(f"{got.status_code} {got.headers.get('Content-Type')}")
        answer: dict[str, Any] = got.json()
        if (answer["p"], answer["v"], answer["rid"]) != ("doorstep-sync", 1, rid):
            raise NotOurServer(path)
        if got.status_code >= 400:
            raise Refused(got.status_code, answer["code"], answer["facts"])
        return answer
