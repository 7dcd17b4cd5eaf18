"""Links into shared projects: written and read back; what is none is refused with one sentence."""

import pytest

from maxbooster_desktop.cloudlink.links import BadLinkError, InvitationLink, PlaceLink, read


@pytest.mark.parametrize(
    "link",
    [
        InvitationLink("https://cloud.example:8765", "mb_invite_&=#x"),
        PlaceLink("9f3c-1", 34_560, "c0mm3nt-_"),
        PlaceLink("9f3c", 0),
    ],
)
def test_a_link_is_read_as_it_was_written(link):
    assert read(f"  {link.text()}\n") == link


def test_a_place_is_written_as_others_expect():
    assert PlaceLink("ID", 960, "C").text() == "maxbooster://project/ID?t=960&c=C"
    assert read("maxbooster://project/ID") == PlaceLink("ID")
    assert read("maxbooster://project/ID/?t=960&later=field") == PlaceLink("ID", 960)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org/x",
        "maxbooster://",
        "maxbooster://[",
        "maxbooster://join?cloud=x",
        "maxbooster://join?cloud=x&token=t",
        "maxbooster://join?cloud=http://far.example&token=t",
        "maxbooster://join?cloud=https://a%0Ab&token=t",
        "maxbooster:project/ID",
        "maxbooster://project",
        "maxbooster://project/",
        "maxbooster://project/a/b",
        "maxbooster://project/../etc?t=0",
        "maxbooster://project/ID?t=-1",
        "maxbooster://project/ID?t=1.5",
        "maxbooster://project/ID?t=\N{SUPERSCRIPT TWO}",
        "maxbooster://project/ID?t=9999999999999",
        "maxbooster://project/ID?c=<b>",
        "maxbooster://elsewhere/ID",
    ],
)
def test_what_is_no_link_is_one_sentence(text):
    with pytest.raises(BadLinkError, match="no link of Max Booster"):
        read(text)
