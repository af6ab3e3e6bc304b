"""Times and days in words, in the reader's own zone: `14:02`, `Tue 10:12`, `Fri 27 Nov`."""

from datetime import UTC, date, datetime, timedelta

from casework.values.times import sound

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def here(moment: datetime) -> datetime:
    """A moment by the clocks here; an odd one as values.times reads it, for clocks show no year one."""
    return sound(moment).astimezone()


def clock_words(moment: datetime) -> str:
    """The time of day here: `14:02`."""
    return f"{here(moment):%H:%M}"


def date_words(day: date, today: date | None = None) -> str:
    """A day: `Fri 27 Nov`, with its year where that is not this one."""
    today = today or datetime.now(UTC).astimezone().date()
    year = f" {day.year}" if day.year != today.year else ""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"


def near_date_words(day: date, today: date | None = None) -> str:
    """A day as one says it near by: `today`, `tomorrow`, `yesterday`, else `Fri 27 Nov`."""
    today = today or datetime.now(UTC).astimezone().date()
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get((day - today).days) or date_words(day, today)


def moment_words(moment: datetime, now: datetime | None = None) -> str:
    """When something was: `at 10:12` today, `on Tue at 10:12` within a week, else `on Fri 27 Nov`."""
    now, then = here(now or datetime.now(UTC)), here(moment)
    days = (now.date() - then.date()).days
    if days == 0:
        return f"at {then:%H:%M}"
    if 0 < days < 7:
        return f"on {_DAYS[then.weekday()]} at {then:%H:%M}"
    return f"on {date_words(then.date(), now.date())}"


def stamp_words(moment: datetime, now: datetime | None = None) -> str:
    """When something was, short, for the edge of a line: `10:12`, `Tue 10:12`, `27 Nov 10:12`, `27 Nov 2025`."""
    now, then = here(now or datetime.now(UTC)), here(moment)
    days = (now.date() - then.date()).days
    if days == 0:
        return f"{then:%H:%M}"
    if 0 < days < 7:
        return f"{_DAYS[then.weekday()]} {then:%H:%M}"
    day = f"{then.day} {_MONTHS[then.month - 1]}"
    return f"{day} {then:%H:%M}" if then.year == now.year else f"{day} {then.year}"


def ago_words(since: timedelta) -> str:
    """How long ago, roughly: `2 days`, `3 hours`, `5 minutes`."""
    minutes = max(1, int(since.total_seconds() // 60))
    for size, one in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {one}{'' if count == 1 else 's'}"
    raise AssertionError("every stretch of time has a minute in it")


def clock_off_words(seconds: int) -> str:
    """How wrong a device's clock was (A12): `This device's clock was 3 days ahead.`"""
    return f"This device's clock was {off_words(seconds)}."


def off_words(seconds: int) -> str:
    """By how much a clock is wrong: `3 days ahead`."""
    return f"{ago_words(timedelta(seconds=abs(seconds)))} {'ahead' if seconds > 0 else 'behind'}"


def parsed(text: str) -> datetime | None:
    """The time that a fact holds, None where it holds none."""
    try:
        return sound(datetime.fromisoformat(text))
    except ValueError:
        return None
