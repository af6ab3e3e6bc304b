"""The first paint of the real app against that of a bare PySide6 window, each a process from its very beginning.

The app is `python -m desktop` on a profile that exists; the bare window is an empty QMainWindow of the same size.
Both run on the offscreen platform. The clock starts before the process is made and stops when the process says that
its window has been painted; what it has imported by then is looked at too.
"""

from benchmarks.claim import Claim
from benchmarks.office_profile import profile_folder
from benchmarks.starting import interleaved
from benchmarks.timing import median

ROUNDS = 15
# what is in the store has no part in the first paint
CASES = 50
APP, BARE = "benchmarks.real_app", "benchmarks.bare_window"


def measure() -> list[Claim]:
    """The first paint as a multiple of the bare window's, and how many heavy libraries came before it."""
    with profile_folder(CASES) as root:
        runs = interleaved({"app": (APP, "--profile-root", str(root)), "bare": (BARE,)}, ROUNDS)
    app, bare = ([run["painted"] for run in runs[name]] for name in ("app", "bare"))
    early = {name.partition(":")[2] for run in runs["app"] for name in run if name.startswith("early:")}
    cpu = median([one.cpu for one in app]) / median([one.cpu for one in bare])
    how = (
        f"{median([one.wall for one in app]):.0f} ms; the bare window"
        f" {median([one.wall for one in bare]):.0f} ms; by processor time {cpu:.2f} x"
    )
    ratio = median([one.wall for one in app]) / median([one.wall for one in bare])
    return [
        Claim(name="first paint / bare window", figure=ratio, unit="x", aim=1.5, gate=1.875, n=ROUNDS, how=how),
        Claim(
            name="heavy libraries imported before it",
            figure=len(early),
            unit="",
            aim=0,
            n=ROUNDS,
            how=", ".join(sorted(early)) or "none",
        ),
    ]
