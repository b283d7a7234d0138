"""What holds for any text whatever."""

from time import process_time

from hypothesis import example, given
from hypothesis import strategies as st

from unisson.phone.rules.red_flags import LEVELS, data, judge
from unisson.phone.rules.red_flags.match import engine

SIGNS = ["il ne respire plus", "ça me serre dans la poitrine", "elle convulse"]
SMALL = (
    "pas plus ni sans de d n ne jamais aucun si comme mais et , . je il ça en 2015 mon père mort",
    "film vaccin contre formation depuis ans poitrine mal respire sang coeur bébé enceinte 38,5",
    "chien rien non peur tête bras gauche hier là était",
)
WORDS = st.lists(st.sampled_from(" ".join(SMALL).split()), max_size=25).map(" ".join)


@given(text=st.text() | WORDS)
@example(text="\ud800 \x00 ﷺ 38,5\u0301° ١٢")
@example(text="là-bas L' ’ c'est J8 +++ ... …")
@example(text="İİİ ŒUF ß" * 3)
def test_any_text_is_judged_and_the_letters_lit_are_inside_it(text: str):
    found = judge(text)
    assert found.level in LEVELS
    assert {word.row for word in found.words} <= set(found.rows)
    for word in found.words:
        assert 0 <= word.start < word.end <= len(text)
        assert text[word.start : word.end].strip()
    assert judge(text) == found


@given(text=st.text(max_size=200) | WORDS, sign=st.sampled_from(SIGNS))
def test_a_sign_said_in_its_own_sentence_is_never_lost(text: str, sign: str):
    assert judge(text + "\n" + sign).level == "E0"
    assert judge(sign + "\n" + text).level == "E0"


@given(text=WORDS, prior=st.integers(0, 5))
def test_prior_calls_only_raise(text: str, prior: int):
    before = LEVELS.index(judge(text).level)
    assert LEVELS.index(judge(text, prior_calls=prior).level) >= before


def test_a_line_is_judged_within_a_keystroke():
    text = "Bonjour, c'est pour mon mari, il est tombé ce matin et il a mal à la tête, " * 4
    judge(text)
    begin = process_time()
    for _ in range(20):
        judge(text)
    assert (process_time() - begin) / 20 < 0.03


def test_the_table_is_whole_unsigned_and_says_so():
    table = data.table()
    assert sorted(table.rows) == list(range(1, 53))
    assert table.signed_by == ""
    assert "aucun médecin" in table.notice
    assert all(row.level in LEVELS and row.source for row in table.rows.values())
    assert sorted(data.combinations()) == list(range(1, 53))


def test_every_concept_listed_serves_a_row_or_a_scope():
    rules = {name for rule in engine().rules for name in (*rule.needs, *rule.refuses)}
    figures = {name for name in engine().kinds if name.endswith("_WORD")}
    for concept in data.concepts():
        assert concept.phrases, concept.name
        served = concept.name in rules | figures or concept.kind in ("cue", "owner", "other")
        assert served, concept.name
