"""The main window: docks, menus and palette from the declared actions."""
