"""Every user-visible verb, declared once; menus, shortcuts and the palette are generated from it.

`action.py` says what an action is, `studio.py` what its callback gets, `registry.py` collects the families
(`transport.py`, `edit.py`, `clips.py`, `tracks.py`, `markers.py`, `view.py`, `project.py`, `tools.py`).
"""
