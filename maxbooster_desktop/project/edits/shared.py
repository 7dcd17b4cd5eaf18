"""Edits that working together asks for."""

from maxbooster_desktop.project.document.change import Change
from maxbooster_desktop.project.document.project_document import ProjectDocument
from sync.document.codec import Value


def use_value(project: ProjectDocument, root: str, key: str, value: Value, name: str) -> Change:
    """Write a value that was overwritten again, as a step that says what it is of. Raises RefusedKeyError."""
    with project.edit(f"Bring back {name}") as edit:
        edit.changes[root, key] = value
    return edit.change
