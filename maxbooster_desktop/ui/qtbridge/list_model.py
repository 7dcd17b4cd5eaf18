"""A list of Python values as a Qt model: what each role shows is a function of the value."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

T = TypeVar("T")
_ROOT = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class ListModel(QAbstractListModel, Generic[T]):
    """Shows `rows`; `roles` maps an item role to what it gets from a value."""

    def __init__(self, roles: Mapping[int, Callable[[T], Any]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._roles = dict(roles)
        self._rows: list[T] = []

    def set_rows(self, rows: Sequence[T]) -> None:
        """Show other values; nothing happens when they equal the ones shown."""
        if list(rows) != self._rows:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()

    def at(self, index: Index) -> T:
        """Return the value at an index; raises IndexError."""
        return self._rows[index.row()]

    def rows(self) -> Sequence[T]:
        """Return the values shown."""
        return tuple(self._rows)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many values there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a role shows of a value."""
        getter = self._roles.get(int(role))
        if getter is None or not 0 <= index.row() < len(self._rows):
            return None
        return getter(self._rows[index.row()])
