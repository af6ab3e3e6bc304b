"""The gate gives turns in the order of coming, and to one at a time."""

import signal
import threading

import pytest

from casework.gate import Gate
from tests.kit_waiting import until


def test_that_turns_are_given_in_the_order_of_coming() -> None:
    gate, served = Gate(), list[int]()

    def come(number: int) -> None:
        with gate.turn():
            served.append(number)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(20)]
    with gate.turn():
        for place, thread in enumerate(threads, start=1):
            thread.start()
            until(lambda place=place: gate.waiting == place, "the thread in line")  # type: ignore[misc]
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_that_a_thread_that_never_rests_lets_a_click_in_at_its_next_turn() -> None:
    gate, turns_of_the_busy_one, clicked = Gate(), 0, threading.Event()
    turns_before_the_click = -1

    def click() -> None:
        nonlocal turns_before_the_click
        with gate.turn():
            turns_before_the_click = turns_of_the_busy_one
            clicked.set()

    clicker = threading.Thread(target=click)
    asked_at = -1
    for number in range(1000):
        with gate.turn():
            turns_of_the_busy_one += 1
            if number == 10:
                clicker.start()
                until(lambda: gate.waiting == 1, "the click in line")
                asked_at = turns_of_the_busy_one
    clicker.join()
    assert clicked.is_set()
    assert turns_before_the_click == asked_at


def test_that_two_are_never_inside_at_once() -> None:
    gate, inside, most = Gate(), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(500):
            with gate.turn():
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, gate.waiting) == (1, 0)


def test_that_asking_twice_in_one_thread_is_told_as_a_bug_and_not_a_standstill() -> None:
    gate = Gate()
    with gate.turn(), pytest.raises(AssertionError, match="inside the gate already"), gate.turn():
        pass
    with gate.turn():
        assert gate.waiting == 0


def test_that_a_failure_inside_opens_the_gate_for_the_next() -> None:
    gate = Gate()
    with pytest.raises(ZeroDivisionError), gate.turn():
        raise ZeroDivisionError
    with gate.turn():
        pass


def test_that_one_who_is_interrupted_while_waiting_does_not_hold_up_the_line() -> None:
    gate, inside, go_on, is_hit = Gate(), threading.Event(), threading.Event(), threading.Event()
    main = threading.get_ident()

    def hold() -> None:
        with gate.turn():
            inside.set()
            go_on.wait()

    def hit(*_: object) -> None:
        if not is_hit.is_set():
            is_hit.set()
            raise KeyboardInterrupt

    def interrupt() -> None:
        until(lambda: gate.waiting == 1, "the main thread in line")
        # one that comes in the moment before the wait begins is seen only after it
        while not is_hit.wait(0.01):
            signal.pthread_kill(main, signal.SIGINT)

    before = signal.signal(signal.SIGINT, hit)
    threads = [threading.Thread(target=hold), threading.Thread(target=interrupt)]
    threads[0].start()
    inside.wait()
    threads[1].start()
    with pytest.raises(KeyboardInterrupt), gate.turn():
        pass
    assert gate.waiting == 0
    go_on.set()
    for thread in threads:
        thread.join()
    signal.signal(signal.SIGINT, before)
    with gate.turn():
        pass
