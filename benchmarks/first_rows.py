"""The first real rows of Today against the first paint of a bare PySide6 window, each a process from its beginning.

The app opens a profile with 20,000 cases in an encrypted store: it finds the keyring, opens the store by its key,
asks what is due, and paints it. Nobody answers at the server's address, as on a visit. The key itself comes from the
benchmark, so a keyring's own answer (some 20 ms by Secret Service) is not in the figure.
"""

from benchmarks.claim import Claim
from benchmarks.first_paint import APP, BARE
from benchmarks.office_profile import profile_folder
from benchmarks.starting import interleaved
from benchmarks.timing import median

ROUNDS = 11


def measure() -> list[Claim]:
    """The first rows as a multiple of the bare window."""
    with profile_folder() as root:
        runs = interleaved({"app": (APP, "--profile-root", str(root)), "bare": (BARE,)}, ROUNDS)
    rows = [run["rows"] for run in runs["app"]]
    bare = [run["painted"] for run in runs["bare"]]
    cpu = median([one.cpu for one in rows]) / median([one.cpu for one in bare])
    how = (
        f"{median([one.wall for one in rows]):.0f} ms; the bare window"
        f" {median([one.wall for one in bare]):.0f} ms; by processor time {cpu:.2f} x"
    )
    return [
        Claim(
            name="first real rows / bare window",
            figure=median([one.wall for one in rows]) / median([one.wall for one in bare]),
            unit="x",
            aim=3.5,
            gate=4.375,
            n=ROUNDS,
            how=how,
        )
    ]
