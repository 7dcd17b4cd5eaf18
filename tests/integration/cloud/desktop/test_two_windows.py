"""Two windows in two processes, one shared project: sign in, share, join, talk, hold, edit live, offline, look."""

import os
import threading
from pathlib import Path

import pytest

from tests.integration.cloud.desktop.studios import let_in, until
from tests.integration.cloud.desktop.windows import Window


def signed_in(window, person):
    """Sign in through the account dialog; the person allows it where their browser was sent."""
    window.ask("run", action="together.account")
    until(lambda: window.ask("signed_in")[1] == "")
    window.ask("sign_in")
    until(window.page.exists)
    let_in(person, window.page.read_text())
    until(lambda: window.ask("signed_in")[0] == "Ada")
    window.ask("close_account")


@pytest.fixture
def windows(city, tmp_path):
    made = [Window(tmp_path / name, city.origin, name) for name in ("juno", "mara")]
    yield made
    enders = [threading.Thread(target=one.end) for one in made]
    for one in enders:
        one.start()
    for one in enders:
        one.join()


@pytest.mark.full
@pytest.mark.timeout(300)
def test_two_desktops_make_one_song(windows, city, tmp_path):
    juno, mara = windows
    signed_in(juno, city.member("juno"))
    signed_in(mara, city.member("mara"))
    share_and_join(juno, mara)
    talk(juno, mara)
    hold(juno, mara)
    edit_together(juno, mara)
    (name, lost) = part_and_meet(juno, mara)
    mara.ask("run", action="together.merge_report")
    whose = "yours" if lost == "Kit" else "Ada"
    until(lambda: [row[:2] for row in mara.ask("losses")] == [[f"{name}\nname", f"{lost}\n{whose}"]])
    pictures = os.environ.get("MAXBOOSTER_TEST_PICTURES")
    for window in windows if pictures else ():
        window.ask("picture", path=str(Path(pictures) / f"{window.name}.png"))


def share_and_join(juno, mara):
    """Juno shares a song, Mara comes in by its link."""
    juno.ask("create", name="Midnight Drive")
    juno.becomes("is_open", True)
    juno.ask("add_track", name="Drums")
    until(lambda: "Drums" in juno.ask("tracks"))

    juno.ask("run", action="together.share")
    juno.ask("share")
    juno.becomes("cloud", "Live  ·  saved in the cloud")
    juno.ask("link")
    until(lambda: juno.ask("copied").startswith("maxbooster://join?"))
    mara.ask("run", action="together.join")
    mara.ask("join", link=juno.ask("copied"))
    juno.ask("close_share")
    mara.becomes("is_open", True)
    mara.becomes("cloud", "Live with 1 other  ·  saved in the cloud")
    assert mara.ask("tracks") == juno.ask("tracks")
    juno.becomes("people", ["Ada"])


def talk(juno, mara):
    """Juno calls Mara in a comment; she is told, opens it and answers; a link leads there as well."""
    juno.ask("say", text="@Ada softer?")
    until(lambda: mara.ask("threads") == ["@Ada softer?"])
    until(lambda: mara.ask("attention") == "1 thing needs attention")
    assert mara.ask("open_call") == "Ada calls you at 2.1 \N{EN DASH} 4.1: “@Ada softer?”"
    until(lambda: mara.ask("attention") == "")
    mara.ask("answer", text="Yes.")
    until(lambda: juno.ask("answers") == ["@Ada softer?", "Yes."])
    juno.ask("run", action="together.copy_link")
    mara.ask("follow", link=juno.ask("copied"))
    assert mara.ask("answers") == ["@Ada softer?", "Yes."]


def hold(juno, mara):
    """Juno holds a track: Mara cannot change it until she is given it."""
    juno.ask("select", track="Drums")
    juno.ask("run", action="together.lock")
    until(lambda: mara.ask("holders") == ["Ada"])
    mara.ask("rename", track="Drums", name="Kit")
    until(lambda: "is locked by Ada" in " ".join(mara.ask("said")))
    assert "Drums" in mara.ask("tracks")
    mara.ask("select", track="Drums")
    mara.ask("run", action="together.ask_track")
    until(lambda: juno.ask("attention") == "1 thing needs attention")
    juno.ask("run", action="together.give_track")
    until(lambda: juno.ask("attention") == "")
    mara.ask("rename", track="Drums", name="Kit")
    until(lambda: "Kit" in juno.ask("tracks"))
    mara.ask("rename", track="Kit", name="Drums")
    mara.ask("run", action="together.lock")
    until(lambda: juno.ask("holders") == [] and "Drums" in juno.ask("tracks"))


def edit_together(juno, mara):
    """Both edit while both are there."""
    before = juno.ask("tracks")
    juno.ask("add_track", name="Bass")
    mara.ask("add_track", name="Keys")
    for window in (juno, mara):
        window.becomes("tracks", sorted([*before, "Bass", "Keys"]))


def part_and_meet(juno, mara):
    """Mara goes offline, both edit, she comes back; return the name that a track got from one, and the other one."""
    mara.ask("run", action="together.offline")
    mara.becomes("cloud", "Offline")
    mara.ask("rename", track="Drums", name="Kit")
    mara.ask("add_track", name="Strings")
    mara.becomes("cloud", "Offline  ·  2 edits waiting")
    juno.ask("rename", track="Drums", name="Beats")
    juno.ask("add_track", name="Pads")
    juno.becomes("cloud", "Live  ·  saved in the cloud")
    mara.ask("run", action="together.offline")
    for window in (juno, mara):
        until(lambda window=window: window.ask("cloud").startswith("Live with 1 other  ·  saved in the cloud"), 120.0)
    until(lambda: mara.ask("tracks") == juno.ask("tracks"))
    assert {"Bass", "Keys", "Strings", "Pads"} <= set(juno.ask("tracks"))
    (name,) = {"Kit", "Beats"} & set(juno.ask("tracks"))
    return name, "Beats" if name == "Kit" else "Kit"
