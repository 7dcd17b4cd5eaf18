"""What can go wrong with a project on disk, each as one sentence with the way out.

ProjectError
+-- ProjectMissingError       the folder does not exist
+-- NotAProjectError          the folder holds no project
+-- ProjectExistsError        a new project would cover an old one
+-- ProjectUnreachableError   the folder of an open project cannot be read any more
+-- FolderNotWritableError    nothing can be created or stored there
+-- ProjectLockedError        another program has it open for writing (`holder`)
+-- ProjectReadOnlyError      this handle cannot edit (`reason`)
+-- ProjectDamagedError       the file is damaged and no copy could be read
+-- ProjectNeedsRepairError   damaged, and opened for reading only
+-- ProjectTooNewError        the file's layout is from a newer Max Booster and cannot be read
+-- ProjectClosedError        the handle was closed
+-- StorageFullError          the disk is full, or refuses writing: edits wait
+-- VersionMissingError       no such version
+-- VersionDamagedError       a version is not what was kept
+-- AudioStoreError           a sound could not be copied into, or read from, the project
"""

from pathlib import Path

from maxbooster_desktop.foundation.errors import MaxBoosterError


class ProjectError(MaxBoosterError):
    """Root of what this package raises for expected failures."""


class ProjectMissingError(ProjectError):
    """The folder does not exist."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"There is no project at {folder}: check the path, or create it with 'maxbooster new'.")
        self.folder = folder


class NotAProjectError(ProjectError):
    """The folder exists but holds no project."""

    def __init__(self, folder: Path, *, is_unfinished: bool = False) -> None:
        super().__init__(
            f"{folder} holds a project that was never finished: delete the folder and make it again."
            if is_unfinished
            else f"{folder} is not a Max Booster project: choose a folder that contains project.sqlite."
        )
        self.folder = folder


class ProjectExistsError(ProjectError):
    """A new project would cover something that is already there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not empty: choose another folder for the new project.")
        self.folder = folder


class ProjectUnreachableError(ProjectError):
    """The project is open, and its folder was moved or deleted, or its disk does not answer."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} cannot be read any more: put the folder back, or bring its disk back.")
        self.folder = folder


class FolderNotWritableError(ProjectError):
    """Nothing can be written to the folder."""

    def __init__(self, folder: Path, cause: str, *, is_full: bool = False) -> None:
        way_out = "free some space on its disk" if is_full else "change its permissions"
        super().__init__(f"{folder} cannot be written ({cause}): {way_out} or choose another folder.")
        self.folder = folder


class ProjectLockedError(ProjectError):
    """Another program has the project open for writing."""

    def __init__(self, folder: Path, holder: str) -> None:
        super().__init__(f"The project {folder.name} is already open in {holder}: close it there first.")
        self.folder = folder
        self.holder = holder


class ProjectReadOnlyError(ProjectError):
    """An edit was asked of a handle that can only read."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"The project {folder.name} cannot be changed: {reason}")
        self.folder = folder
        self.reason = reason


class ProjectDamagedError(ProjectError):
    """The project's file is damaged and nothing else could be read."""

    def __init__(self, folder: Path, kept_as: str) -> None:
        super().__init__(
            f"The project {folder.name} is damaged and no backup of it could be read: its file is kept as {kept_as}, "
            f"restore the folder from a copy."
        )
        self.folder = folder
        self.kept_as = kept_as


class ProjectNeedsRepairError(ProjectError):
    """A damaged project was opened for reading, which repairs nothing."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"The project {folder.name} is damaged: open it in the studio once, which repairs it.")
        self.folder = folder


class ProjectTooNewError(ProjectError):
    """A newer Max Booster wrote the project in a layout this one cannot read at all."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"The project {folder.name} was made by a newer Max Booster: update this one to open it.")
        self.folder = folder


class ProjectClosedError(ProjectError):
    """The handle was used after it was closed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"The project {folder.name} was closed: open it again.")
        self.folder = folder


class StorageFullError(ProjectError):
    """The disk took no more; what was edited waits in memory and is stored as soon as there is room."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{reason} New edits are taken again as soon as the waiting ones are stored.")
        self.folder = folder


class VersionMissingError(ProjectError):
    """No version has that id."""

    def __init__(self, version: int) -> None:
        super().__init__(f"There is no version {version}: choose one from the list of versions.")
        self.version = version


class VersionDamagedError(ProjectError):
    """A version is no longer what was kept."""

    def __init__(self, version: int) -> None:
        super().__init__(f"The version {version} is damaged and cannot be restored: choose another one from the list.")
        self.version = version


class AudioStoreError(ProjectError):
    """A sound could not be copied into the project or found in it."""
