"""Names and texts of every script, as readers get them."""

import json
import re
import unicodedata

import pytest
from newsletter import SHARED

FSI, PDI = "\u2068", "\u2069"
HEBREW, ARABIC, CHINESE, THAI = "עורך חכם", "محرر الذكاء", "深度写作助手", "ตัวแก้ไขภาษาไทย"


def comparison(left, right, **more):
    return {"published_at": "2026-11-19T09:00:00Z",
            "left": {"name": left, "category": "Tools", "panel_ship": 75, "community_ship": 60, "price": "$20/mo"},
            "right": {"name": right, "category": "Tools", "panel_ship": 50, "community_ship": 70, "price": "$9/mo"}, **more}


def rendered(newsletter, tmp_path, *items):
    newsletter.run("import", "-", stdin=json.dumps(items))
    newsletter.run("preview", "--out", str(tmp_path / "out"))
    out = tmp_path / "out"
    text, page = ((out / name).read_text() for name in ("issue.txt", "issue.html"))
    return text, page, json.loads((out / "checks.json").read_text())


def width(line: str) -> int:
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def squeezed(text: str) -> str:
    """Without what wrapping makes: spaces, and isolates that are closed at a line's end and opened again."""
    return re.sub(f"{PDI}\\s+{FSI}|\\s", "", text)


@pytest.mark.parametrize("left, right", [(HEBREW, "Rusty"), ("Rusty", ARABIC), (ARABIC, HEBREW), (CHINESE, ARABIC),
                                         ("Rusty", "محرر 4"), ("ܣܘܪܝܝܐ", "ދިވެހި"), ("ߒߞߏ", "𞤀𞤣𞤤𞤢𞤥")])
def test_a_name_from_right_to_left_moves_no_number(newsletter, tmp_path, left, right):
    text, page, checks = rendered(newsletter, tmp_path, comparison(left, right))
    isolated = [f"{FSI}{name}{PDI}" for name in (left, right)]
    panel = "The panel favors {}: 75% of the panel would ship it, 50% would ship {}."
    unwrapped = squeezed(text)
    assert squeezed(panel.format(*isolated)) in unwrapped
    assert squeezed(f"70% of them would ship {isolated[1]}, 60% would ship {isolated[0]}.") in unwrapped
    bdi = [f"<bdi>{name}</bdi>" for name in (left, right)]
    assert panel.format(*bdi) in page
    assert re.search(f"<title>Readers overrule(?: the panel)?: 70% for {isolated[1]}", page)
    hidden = re.search(r'<div style="display:none[^>]*>([^&]*)', page)[1]
    assert FSI in hidden and "<bdi>" not in hidden
    # No isolate is left open at a line's end, which would close it before the name ends.
    for line in text.splitlines():
        assert line.count(FSI) == line.count(PDI), line
    assert "subject-length" not in json.dumps(checks) and "preheader-length" not in json.dumps(checks)


def test_names_from_left_to_right_stay_as_they_are(newsletter, tmp_path):
    text, page, _ = rendered(newsletter, tmp_path, comparison("Rusty", CHINESE))
    assert not re.search("[\u2066-\u2069]|<bdi", text + page)


@pytest.mark.parametrize("words", [
    "写作更快。不用等待。这个工具可以帮助你在几秒钟内完成一篇高质量的文章，并且支持多种语言，让你的团队更有效率地工作。",
    "このツールは、数秒で高品質な文章を書くのを助け、多くの言語に対応しています。チームの仕事はもっと速くなります。",
    "བོད་ཡིག་གི་རྩོམ་སྒྲིག་ལག་ཆ་འདི་ནི་ཧ་ཅང་མགྱོགས་པོ་ཡིན་" * 3,
    "ᠮᠣᠩᠭᠣᠯ" * 30,
    "写่ก้" * 60,
    "เครื่องมือเขียนข้อความที่ฉลาดที่สุดสำหรับนักพัฒนาซอฟต์แวร์ที่ต้องการทำงานได้เร็วขึ้นและดีขึ้นกว่าเดิมในทุกวันของการทำงาน",
    "ឧបករណ៍សរសេរដ៏ឆ្លាតវៃសម្រាប់អ្នកអភិវឌ្ឍន៍កម្មវិធីដែលចង់ធ្វើការលឿនជាងមុននិងល្អជាងមុនជារៀងរាល់ថ្ងៃ",
    "ເຄື່ອງມືຂຽນຂໍ້ຄວາມທີ່ສະຫຼາດທີ່ສຸດສຳລັບນັກພັດທະນາຊອບແວທີ່ຕ້ອງການເຮັດວຽກໄດ້ໄວຂຶ້ນແລະດີຂຶ້ນກວ່າເກົ່າ" * 2,
    "한국어문장이띄어쓰기없이아주길게이어지면어디에서든줄을바꿀수밖에없습니다그래도칠십이칸을넘지않습니다",
    "x" * 200, "e\u0301" * 100,
], ids=["Chinese", "Japanese", "Tibetan", "Mongolian", "two scripts", "Thai", "Khmer", "Lao", "Korean", "one word", "marks"])
def test_no_line_of_the_text_is_wider_than_72_columns(newsletter, tmp_path, words):
    item = comparison("Rusty", "Gopher")
    item["left"] |= {"description": words, "tagline": words}
    text, _, checks = rendered(newsletter, tmp_path, item)
    for line in text.splitlines():
        assert width(line) <= 72 or "://" in line, line
    assert unicodedata.normalize("NFC", words)[:60] in unicodedata.normalize("NFC", text.replace("\n", ""))
    assert "text-width" not in json.dumps(checks)


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there")
def test_the_letter_of_three_scripts_from_the_field(newsletter, tmp_path):
    newsletter.now = "2026-11-28T12:00:00Z"
    items = json.loads((SHARED / "field" / "letter" / "09_rtl_cjk.json").read_text())
    text, page, _ = rendered(newsletter, tmp_path, *items)
    for item in items:
        for side in ("left", "right"):
            name = item[side]["name"]
            assert f"{FSI}{name}{PDI}" in text and f"<bdi>{name}</bdi>" in page
    assert all(width(line) <= 72 or "://" in line for line in text.splitlines())
