"""What two people at two desktops do besides editing: invite, talk, hold a track, point, follow, keep versions.

A desk is `test_two_desktops.Desk`. Each step leaves the song as it found it.
"""

from tests.integration.cloud.desktop.studios import until

_FAR_TICK = 40 * 4 * 960


def invite(cloud, juno, address):
    """Juno invites by mail; return the link that came."""
    juno.click("ShareDialog", "email")
    juno.person.do("type", "--delay", "5", address)
    juno.click("ShareDialog", "invite")
    return cloud.mailed(address, r"(maxbooster://join\?\S+)")


def talk(juno, mara):
    """Juno calls Mara in a comment; she is told, opens it and answers; a link leads there as well."""
    juno.ask("say", text="@Mara Lind softer?")
    until(lambda: mara.ask("threads") == ["@Mara Lind softer?"])
    until(lambda: mara.ask("attention") == "1 thing needs attention")
    assert mara.ask("open_call").startswith("Juno Vale calls you")
    mara.ask("answer", text="Yes.")
    until(lambda: juno.ask("answers") == ["@Mara Lind softer?", "Yes."])
    mara.focus()
    mara.person.press("Escape")
    until(lambda: mara.ask("answers") == [])
    juno.ask("run", action="together.copy_link")
    mara.ask("follow", link=juno.ask("copied"))
    until(lambda: mara.ask("answers") == ["@Mara Lind softer?", "Yes."])
    for desk in (juno, mara):
        desk.picture("8-comment")
        desk.focus()
        desk.person.press("Escape")


def hold(juno, mara):
    """Juno holds a track: Mara is told so when she tries to change it, asks for it, and gets it."""
    juno.ask("select", track="Keys")
    juno.ask("run", action="together.lock")
    until(lambda: mara.ask("holders") == ["Juno Vale"])
    mara.ask("rename", track="Keys", name="Organ")
    until(lambda: "is locked by Juno Vale" in " ".join(mara.ask("said")))
    assert "Keys" in mara.ask("tracks")
    mara.picture("9-held")
    mara.ask("select", track="Keys")
    mara.ask("run", action="together.ask_track")
    until(lambda: juno.ask("attention") == "1 thing needs attention")
    juno.picture("9-asked")
    juno.ask("run", action="together.give_track")
    until(lambda: mara.ask("holders") == ["Mara Lind"])
    mara.ask("rename", track="Keys", name="Organ")
    until(lambda: "Organ" in juno.ask("tracks"))
    mara.ask("rename", track="Organ", name="Keys")
    until(lambda: "Keys" in juno.ask("tracks"))
    mara.ask("run", action="together.lock")
    until(lambda: juno.ask("holders") == mara.ask("holders") == [])


def point_and_follow(juno, mara):
    """Mara sees where Juno points, follows her to a place far away, and goes on alone."""
    x, y = juno.ask("where_lanes", x=300, y=150)
    juno.person.do("mousemove", str(x), str(y))
    until(lambda: mara.ask("pointers") == ["Juno Vale"])
    mara.picture("10-pointer")
    juno.person.do("mousemove", "5", "5")
    until(lambda: mara.ask("pointers") == [])
    mara.command("Follow the next person")
    until(lambda: mara.ask("followed") == "Juno Vale")
    assert not mara.ask("shows", tick=_FAR_TICK)
    juno.ask("go", tick=_FAR_TICK)
    until(lambda: mara.ask("shows", tick=_FAR_TICK))
    mara.picture("10-follows")
    juno.ask("go", tick=0)
    until(lambda: mara.ask("shows", tick=0))
    mara.command("Follow the next person")
    until(lambda: mara.ask("followed") is None)


def keep_and_restore(juno, mara):
    """Juno keeps a version, both change the song, she compares and brings all of it back: Mara has it, too."""
    juno.command("Versions")
    until(lambda: not juno.ask("versions")[2])
    juno.click("VersionsDialog", "name")
    juno.person.do("type", "--delay", "5", "Before")
    juno.click("VersionsDialog", "keep")
    until(lambda: any("Before" in row for row in juno.ask("versions")[0]))
    juno.ask("close_versions")
    kept = juno.ask("tracks")
    juno.ask("rename", track="Keys", name="Organ")
    mara.ask("add_track", name="Choir")
    until(lambda: {"Organ", "Choir"} <= set(juno.ask("tracks")))
    juno.command("Versions")
    until(lambda: any("Choir" in line for line in juno.ask("versions")[1]))
    assert any("Organ" in line for line in juno.ask("versions")[1])
    juno.picture("11-versions")
    juno.click("VersionsDialog", "restore")
    until(lambda: juno.ask("tracks") == mara.ask("tracks") == kept)
    until(lambda: any("Organ" in line for line in juno.ask("versions")[1]) is False)
    juno.ask("close_versions")
