"""The laws of joining two people's changes to one record."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.merge import Clash, join

FIELDS = ("phone", "email", "town", "tags")
texts = st.sampled_from(["", "a", "b", "c"])
tags = st.lists(st.sampled_from(["x", "y", "z"]), unique=True, max_size=3)
records = st.fixed_dictionaries({"phone": texts, "email": texts, "town": texts, "tags": tags})


@st.composite
def edits(draw: st.DrawFn, record: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Changes made by somebody who saw this record."""
    names = draw(st.sets(st.sampled_from(FIELDS)))
    return {name: (record[name], draw(tags if name == "tags" else texts)) for name in sorted(names)}


def after(record: dict[str, Any], changes: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    return record | join(record, changes).fields


def as_sets(record: dict[str, Any]) -> dict[str, Any]:
    return record | {"tags": set(record["tags"])}


@given(data=st.data(), record=records)
def test_that_alone_everybody_gets_what_they_wrote(data: st.DataObject, record: dict[str, Any]) -> None:
    changes = data.draw(edits(record))
    joined = join(record, changes)
    assert joined.clashes == {}
    assert record | joined.fields == record | {name: new for name, (_, new) in changes.items()}


@given(data=st.data(), record=records)
def test_that_no_field_outside_the_changes_is_touched(data: st.DataObject, record: dict[str, Any]) -> None:
    changes = data.draw(edits(data.draw(records)))
    joined = join(record, changes)
    assert joined.fields.keys() | joined.clashes.keys() <= changes.keys()
    assert not joined.fields.keys() & joined.clashes.keys()


@given(data=st.data(), record=records)
def test_that_the_same_change_by_both_is_no_clash(data: st.DataObject, record: dict[str, Any]) -> None:
    changes = data.draw(edits(record))
    joined = join(after(record, changes), changes)
    assert (joined.fields, joined.clashes) == ({}, {})


@given(data=st.data(), record=records)
def test_that_the_order_of_two_edits_of_different_fields_does_not_matter(
    data: st.DataObject, record: dict[str, Any]
) -> None:
    mine = data.draw(edits(record))
    theirs = {name: change for name, change in data.draw(edits(record)).items() if name not in mine}
    assert after(after(record, mine), theirs) == after(after(record, theirs), mine)


@given(data=st.data(), record=records)
def test_that_whoever_comes_second_overwrites_nothing(data: st.DataObject, record: dict[str, Any]) -> None:
    first, second = data.draw(edits(record)), data.draw(edits(record))
    stands = after(record, first)
    joined = join(stands, second)
    for name, clash in joined.clashes.items():
        assert clash == Clash(record[name], second[name][1], stands[name])
    for name, (before, new) in first.items():
        if name != "tags" and new != before:
            assert (stands | joined.fields)[name] == new


@given(record=records, mine=tags, theirs=tags)
def test_that_lists_are_sets_whichever_comes_first(record: dict[str, Any], mine: list[str], theirs: list[str]) -> None:
    one, other = {"tags": (record["tags"], mine)}, {"tags": (record["tags"], theirs)}
    there = after(after(record, one), other)
    assert as_sets(there) == as_sets(after(after(record, other), one))
    before = set(record["tags"])
    added = (set(mine) | set(theirs)) - before
    taken = (before - set(mine)) | (before - set(theirs))
    assert set(there["tags"]) == (before | added) - taken
    assert len(there["tags"]) == len(set(there["tags"]))


def test_that_a_list_that_is_as_wanted_already_is_left_alone() -> None:
    joined = join({"tags": ["y"]}, {"tags": (["x", "y"], ["y"])})
    assert (joined.fields, joined.clashes) == ({}, {})
    joined = join({"tags": ["y", "z"]}, {"tags": (["x", "y"], ["y"])})
    assert (joined.fields, joined.clashes) == ({}, {})


def test_that_an_item_named_twice_is_there_once() -> None:
    assert join({"tags": ["z"]}, {"tags": ([], ["x", "x"])}).fields == {"tags": ["z", "x"]}


class Counted(str):
    """A text that counts how often one is compared with another."""

    comparisons = 0

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_that_a_long_list_is_not_gone_through_for_each_of_its_items() -> None:
    """The server's one writer would be busy with it for minutes."""
    before, mine, theirs = ([Counted(f"{name} {number}") for number in range(500)] for name in ("was", "new", "other"))
    Counted.comparisons = 0
    assert join({"tags": theirs}, {"tags": (before, mine)}).fields == {"tags": [*theirs, *mine]}
    assert Counted.comparisons < 10 * 500


def test_that_items_that_are_no_text_are_joined_too() -> None:
    before: list[Any] = [["a"], {"b": 1, "c": 2}]
    assert join({"tags": [["a"], {"c": 2, "b": 1}, ["d"]]}, {"tags": (before, [["e"]])}).fields == {
        "tags": [["d"], ["e"]]
    }


@pytest.mark.covers("FH2")
@pytest.mark.parametrize(
    ("theirs", "before", "mine"), [(None, "a", "b"), ("", None, "b"), (["x"], None, ["y"]), ("c", [], ["y"])]
)
def test_that_emptied_differs_from_never_said(theirs: Any, before: Any, mine: Any) -> None:
    joined = join({"field": theirs}, {"field": (before, mine)})
    assert joined.clashes == {"field": Clash(before, mine, theirs)}
    assert joined.fields == {}
    assert join({"field": theirs}, {}).fields == {}
