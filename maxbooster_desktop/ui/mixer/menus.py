"""The mixer's menus: what can be done with a strip, a slot, a send, and what can be added."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from maxbooster_desktop.actions.plugins import lost
from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.document.state import MASTER, Insert, Send, Track
from maxbooster_desktop.project.edits.signal_flow import may_feed
from maxbooster_desktop.ui.mixer import slots
from maxbooster_desktop.ui.mixer.desk import Desk
from maxbooster_desktop.ui.mixer.inserts import offers, plugin_offers, presets, title
from maxbooster_desktop.ui.mixer.parts import NO_VALUE, NUMBERS, Control, Part
from maxbooster_desktop.ui.mixer.settings import insert_of, send_of
from maxbooster_desktop.ui.widgets.decibel_scale import format_db

_TRACK_ACTIONS = ("track.add_audio", "track.add_bus", "track.group", "track.freeze", "track.unfreeze", "track.delete")


class MenuMaker:
    """Builds menus for one mixer; `open_slot`, `edit_value` and `rename` are the view's."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        open_slot: Callable[[Control], None],
        edit_value: Callable[[Control], None],
        rename: Callable[[Control], None],
    ) -> None:
        self._desk, self._parent = desk, parent
        self._open_slot, self._edit_value, self._rename = open_slot, edit_value, rename

    def build(self, control: Control) -> QMenu:
        """Return the menu of a control."""
        menu, track = QMenu(self._parent), self._desk.track(control.track)
        menu.setToolTipsVisible(True)
        insert, send = insert_of(track, control.entity), send_of(track, control.entity)
        if control.part is Part.INSERT_ADD:
            self._add_inserts(menu, track)
        elif control.part is Part.SEND_ADD:
            self._add_sends(menu, track)
        elif control.part is Part.INSERT_MORE:
            self._list_inserts(menu, track)
        elif control.part is Part.SEND_MORE:
            self._list_sends(menu, track)
        elif insert is not None:
            self._insert(menu, track, insert)
        elif send is not None:
            self._send(menu, track, send)
        elif control.part in slots.SWITCHES:
            self._slot(menu, control)
        else:
            self._strip(menu, track, control)
        return menu

    def _add_inserts(self, menu: QMenu, track: Track) -> None:
        for device in offers():
            menu.addAction(f"Add {title(device)}").triggered.connect(
                lambda _checked=False, device=device: self._desk.do("channel.add_insert", track.id, device)
            )
        menu.addSeparator()
        self._add_plugins(menu.addMenu("Plug-ins"), track)

    def _add_plugins(self, menu: QMenu, track: Track) -> None:
        menu.setToolTipsVisible(True)
        for entry in plugin_offers():
            offer = menu.addAction(f"Add {entry.name}")
            offer.setToolTip(f"{entry.vendor}, {entry.version}")
            offer.triggered.connect(
                lambda _checked=False, device=entry.device_id: self._desk.do("channel.add_insert", track.id, device)
            )
        if menu.isEmpty():
            self._action(menu, "tools.scan_plugins")

    def _add_sends(self, menu: QMenu, track: Track) -> None:
        state = self._desk.scene.state
        taken = {send.target for send in track.sends}
        targets = [state.tracks[each] for each in state.track_order if state.tracks[each].kind in ("bus", "group")]
        for target in targets:
            if target.id not in taken and may_feed(state, track.id, target.id):
                menu.addAction(f"Send to {target.name}").triggered.connect(
                    lambda _checked=False, goal=target.id: self._desk.do(
                        "channel.add_send", track.id, goal, gain_db=-12.0
                    )
                )
        if menu.isEmpty():
            menu.addAction("No bus or group to send to").setEnabled(False)
        menu.addSeparator()
        self._action(menu, "track.add_bus")

    def _list_inserts(self, menu: QMenu, track: Track) -> None:
        for insert in track.inserts:
            self._insert(menu.addMenu(title(insert.device) + ("" if insert.enabled else ", off")), track, insert)
        menu.addSeparator()
        self._add_inserts(menu, track)

    def _list_sends(self, menu: QMenu, track: Track) -> None:
        for send in track.sends:
            self._send(menu.addMenu(f"{self._target(send)}, {format_db(send.gain_db)}"), track, send)
        menu.addSeparator()
        self._add_sends(menu.addMenu("Add send"), track)

    def _target(self, send: Send) -> str:
        tracks = self._desk.scene.state.tracks
        return tracks[send.target].name if send.target in tracks else NO_VALUE

    def _insert(self, menu: QMenu, track: Track, insert: Insert) -> None:
        control = Control(Part.INSERT, track.id, insert.id)
        menu.addAction("Open").triggered.connect(lambda: self._open_slot(control))
        menu.addAction("Bypass" if insert.enabled else "Switch on").triggered.connect(
            lambda: self._desk.toggle(control)
        )
        self._presets(menu, track, insert)
        if insert.id in lost(self._desk.studio):
            self._action(menu, "track.reload_plugins")
        menu.addSeparator()
        menu.addAction(f"Remove {title(insert.device)}").triggered.connect(
            lambda: self._desk.do("channel.remove_insert", track.id, insert.id)
        )

    def _presets(self, menu: QMenu, track: Track, insert: Insert) -> None:
        listed = presets(insert.device)
        if not listed:
            return
        box = menu.addMenu("Presets")
        box.setToolTipsVisible(True)
        for preset in listed:
            entry = box.addAction(preset.title)
            entry.setToolTip(preset.use)
            entry.triggered.connect(
                lambda _checked=False, values=preset.values: self._desk.do(
                    "channel.set_insert", track.id, insert.id, values
                )
            )

    def _send(self, menu: QMenu, track: Track, send: Send) -> None:
        desk, control = self._desk, Control(Part.SEND, track.id, send.id)

        def change(text: str, **fields: object) -> None:
            menu.addAction(text).triggered.connect(lambda: desk.do("channel.change_send", track.id, send.id, **fields))

        menu.addAction("Type a level…").triggered.connect(lambda: self._edit_value(control))
        change("Set to 0 dB", gain_db=0.0)
        menu.addSeparator()
        change(
            "Tap before the fader" if send.tap == "post" else "Tap after the fader",
            tap="pre" if send.tap == "post" else "post",
        )
        change("Switch off" if send.enabled else "Switch on", enabled=not send.enabled)
        menu.addSeparator()
        menu.addAction(f"Remove send to {self._target(send)}").triggered.connect(
            lambda: desk.do("channel.remove_send", track.id, send.id)
        )

    def _slot(self, menu: QMenu, control: Control) -> None:
        name = slots.WORDS[control.part]
        is_on = slots.is_on(self._desk.track(control.track).strip, slots.SWITCHES[control.part])
        menu.addAction(f"Open {name}").triggered.connect(lambda: self._open_slot(control))
        menu.addAction(f"Switch {name} {'off' if is_on else 'on'}").triggered.connect(
            lambda: self._desk.toggle(control)
        )

    def _strip(self, menu: QMenu, track: Track, control: Control) -> None:
        desk = self._desk
        number = control if control.part in NUMBERS else Control(Part.FADER, track.id)
        setting = desk.setting(number)
        if setting is not None:
            menu.addAction(f"Type {setting.title}…").triggered.connect(lambda: self._edit_value(number))
            menu.addAction(f"Reset {setting.title} to {setting.scale.shown(setting.scale.default)}").triggered.connect(
                lambda: desk.commit(setting, setting.scale.default)
            )
        menu.addSeparator()
        self._add_inserts(menu.addMenu("Add insert"), track)
        if track.id == MASTER:
            return
        self._add_sends(menu.addMenu("Add send"), track)
        safe = menu.addAction("Solo safe")
        safe.setCheckable(True)
        safe.setChecked(track.is_solo_safe)
        safe.triggered.connect(lambda: desk.do("channel.set_solo_safe", track.id, not track.is_solo_safe))
        menu.addAction("Rename").triggered.connect(lambda: self._rename(control))
        menu.addSeparator()
        for action_id in _TRACK_ACTIONS:
            self._action(menu, action_id)

    def _action(self, menu: QMenu, action_id: str) -> None:
        action, studio = REGISTRY[action_id], self._desk.studio
        entry = menu.addAction(action.title)
        why_not = action.why_not(studio)
        entry.setEnabled(not why_not)
        entry.setToolTip(why_not or action.help)
        entry.triggered.connect(lambda: action.run(studio))
