"""The comments lane: where pins are, what they are called, how pointer and keyboard reach them, when it shows."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from maxbooster_desktop.actions.registry import REGISTRY
from maxbooster_desktop.project.edits import comments
from maxbooster_desktop.project.edits.tempo import set_tempo
from maxbooster_desktop.ui.arranger.hits import Zone
from maxbooster_desktop.ui.arranger.ruler_layout import TEMPO_TOP
from maxbooster_desktop.ui.widgets.person_colour import account_colour

BAR = 3840
MARA, DENIZ = ("acc_m", "Mara Lind"), ("acc_d", "Deniz Aksoy")


def say(bench, text, tick, author=MARA, **about):
    (made,) = bench.project.do(comments.add_comment, author, text, tick, **about).created
    bench.settle()
    return made


def centre(bench, comment):
    rect = bench.view.ruler.rect_of(comment)
    return QPoint(round(rect.x + 9), round(rect.y + rect.height / 2))


def lane_point(bench, point):
    return point - QPoint(0, bench.view.ruler.places.height)


def test_the_lane_shows_with_the_first_comment_and_goes_with_the_last(bench):
    ruler, corner = bench.view.ruler, bench.view.corner
    assert ruler.comments.isHidden()
    assert ruler.height() == corner.height() == TEMPO_TOP
    made = say(bench, "Here", 0)
    assert ruler.comments.isVisible()
    assert ruler.height() == corner.height() == TEMPO_TOP + ruler.comments.height()
    bench.project.do(comments.set_comment_done, made, True)
    bench.settle()
    assert ruler.comments.isHidden()
    REGISTRY["together.show_done"].run(bench.studio)
    assert ruler.comments.isVisible()
    bench.project.do(comments.delete_comment, made)
    bench.settle()
    assert ruler.height() == corner.height() == TEMPO_TOP


def test_pins_stand_at_their_bars_and_stay_there_over_tempo_edits(bench):
    moment, wide = say(bench, "Here", 2 * BAR), say(bench, "All of it", 4 * BAR, end_tick=6 * BAR)
    assert bench.view.rect_of(moment).x == bench.view.scene.axis.x_of(2 * BAR)
    bar = bench.view.ruler.comments.places.pin_of(wide).bar
    assert bar.right == bench.view.scene.axis.x_of(6 * BAR)
    bench.project.do(set_tempo, BAR, 77.0)
    bench.settle()
    assert bench.view.rect_of(moment).x == bench.view.scene.axis.x_of(2 * BAR)
    assert bench.view.corner.height() == bench.view.ruler.height() > TEMPO_TOP + 20, "below the tempo lane"
    spot = centre(bench, moment)
    assert bench.view.ruler.hit_test(spot.x(), spot.y()).entity == moment


def test_two_comments_of_one_moment_are_both_reached(bench):
    first, second = say(bench, "One", BAR), say(bench, "Two", BAR, DENIZ)
    for each in (first, second):
        spot = centre(bench, each)
        hit = bench.view.hit_test(bench.view.ruler.mapTo(bench.view, spot))
        assert (hit.zone, hit.entity) == (Zone.COMMENT, each)


def test_pins_have_the_colour_of_who_said_it_and_count_what_was_said(bench):
    made = say(bench, "Here", BAR)
    bench.project.do(comments.answer_comment, made, DENIZ, "There?")
    bench.settle()
    assert bench.view.ruler.comments.places.pin_of(made).number == "2"
    picture = bench.view.grab().toImage()
    spot = bench.view.ruler.mapTo(bench.view, centre(bench, made))
    assert picture.pixelColor(spot.x() - 7, spot.y()).rgb() == account_colour("acc_m").rgb()


def test_a_click_opens_and_a_double_click_asks_for_a_new_one(bench):
    made, lane = say(bench, "Here", 2 * BAR), bench.view.ruler.comments
    opened, wanted = [], []
    lane.opened.connect(opened.append)
    lane.wanted.connect(wanted.append)
    QTest.mouseClick(lane, Qt.MouseButton.LeftButton, pos=lane_point(bench, centre(bench, made)))
    assert opened == [made]
    QTest.mouseDClick(lane, Qt.MouseButton.LeftButton, pos=QPoint(round(bench.view.scene.axis.x_of(BAR)) + 2, 10))
    assert wanted == [BAR]
    assert bench.engine.seeks == []


def test_the_keyboard_goes_from_pin_to_pin_and_brings_the_view_along(bench):
    ids = [say(bench, text, tick) for text, tick in (("a", 0), ("b", 2 * BAR), ("c", 400 * BAR))]
    lane, opened = bench.view.ruler.comments, []
    lane.opened.connect(opened.append)
    lane.setFocus()
    for key, index in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_End, 2), (Qt.Key.Key_Left, 1)):
        QTest.keyClick(lane, key)
        QTest.keyClick(lane, Qt.Key.Key_Return)
        assert opened[-1] == ids[index]
        tick = bench.studio.state.comments[index].tick
        assert bench.view.visible_range()[0] <= tick <= bench.view.visible_range()[1]


def test_a_screen_reader_finds_every_thread(bench):
    made = say(bench, "The s is sharp.", 8 * BAR, track=bench.c)
    say(bench, "Strings?", 4 * BAR, DENIZ, end_tick=6 * BAR)
    bench.project.do(comments.answer_comment, made, DENIZ, "Better?")
    bench.settle()
    found = QAccessible.queryAccessibleInterface(bench.view.ruler.comments)
    names = [found.child(at).text(QAccessible.Text.Name) for at in range(found.childCount())]
    assert names == [
        "Comment at 5.1 \N{EN DASH} 7.1, all tracks, Deniz Aksoy: Strings?",
        "Comment at 9.1, Vox, Mara Lind: The s is sharp., 1 answer",
    ]
    assert found.child(1).rect().width() > 0


def test_the_lane_follows_the_view(bench):
    made = say(bench, "Here", 2 * BAR)
    before = bench.view.rect_of(made).x
    bench.view.viewport.set_axis(bench.view.scene.axis.scrolled_to(100))
    assert bench.view.rect_of(made).x == before - 100
