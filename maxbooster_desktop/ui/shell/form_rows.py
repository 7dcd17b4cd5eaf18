"""A column of named values, as the inspector and dialogs have: name at the left, field at the right."""

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from maxbooster_desktop.ui.widgets.panels import label

_FIELD_PX = 124


class FormRows(QWidget):
    """Rows of label and field; the label names the field for screen readers."""

    def __init__(self, parent: QWidget | None = None, *, field_px: int = _FIELD_PX) -> None:
        super().__init__(parent)
        self._field_px = field_px
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 0, 12, 8)
        self._column.setSpacing(6)

    def add(self, title: str, field: QWidget) -> QWidget:
        """Add a row and return it."""
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        name = label(title, "text.2")
        name.setBuddy(field)
        line.addWidget(name, 1)
        field.setFixedWidth(self._field_px)
        field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if not field.accessibleName():
            field.setAccessibleName(title)
        line.addWidget(field)
        self._column.addWidget(row)
        return row

    def show_row(self, field: QWidget, *, is_shown: bool) -> None:
        """Show or hide the row of a field."""
        row = field.parentWidget()
        if row is not None:
            row.setVisible(is_shown)

    def add_wide(self, widget: QWidget) -> None:
        """Add a widget over the whole width."""
        self._column.addWidget(widget)
