"""Whether the viewer may take in a partner's file at all (domain.md 5.5)."""

from casework.answers import Refused
from casework.commands import OpenCase
from casework.connection import Connection
from casework.questions.reading import moment_of
from casework.questions.viewer import Viewer
from casework.rules import access
from casework.values import Source


def why_no_import(conn: Connection, viewer: Viewer) -> Refused | None:
    """None where the rules would take an import from this viewer, else why not: asked of the rules themselves."""
    del conn
    command = OpenCase(case_id="", contact_id="", property_id="", project_id="", source=Source.IMPORT)
    return access.may(command, None, moment_of(viewer))
