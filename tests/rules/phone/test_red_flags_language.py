"""French as it is spoken and typed: what keeps a sign, what takes it away."""

import pytest

from unisson.phone.rules.red_flags import LEVELS, judge

URGENT = ("E0", "E1")

DENIED = [
    "pas de douleur dans la poitrine",
    "il n'a pas perdu connaissance, juste un bleu au genou",
    "ni fièvre ni vomissement, c'est pour un vaccin",
    "aucune douleur thoracique, pas d'essoufflement, contrôle annuel",
    "elle n'est pas essoufflée",
    "il ne saigne pas",
    "essoufflement : non",
    "absence de douleur thoracique",
    "sans fièvre ni raideur de nuque",
    "je n'ai plus mal à la poitrine, c'est pour annuler",
    "jamais eu de convulsion, c'est pour le permis",
]
KEPT = [
    ("il ne respire plus", "E0"),
    ("elle ne répond pas", "E0"),
    ("y respire pu", "E0"),
    ("je ne sais pas s'il respire", "E0"),
    ("pas de douleur dans la poitrine mais il est tout gris", "E0"),
    ("pas de fièvre mais elle convulse", "E0"),
    ("ça n'arrête pas de saigner", "E0"),
    ("il n'arrive pas à respirer et il a mal à la poitrine", "E0"),
    ("pas respirer, mon mari, vite", "E0"),
    ("c'est sûrement rien mais ça me serre dans la poitrine", "E0"),
    ("il a vomi, pas de fièvre, douleur thoracique", "E0"),
    ("enceinte de 8 mois, je ne sens plus bouger le bébé", "E1"),
    ("mon père n'urine plus depuis hier et ne boit plus, 88 ans", "E1"),
    ("elle a eu la bouche de travers ce matin, c'est passé", "E0"),
    ("il a perdu connaissance hier, il va bien", "E0"),
    ("cardiaque, infarctus en 2015, là il a mal à la poitrine", "E0"),
    ("douleur comme lors de mon infarctus", "E0"),
    ("AVC en 2017, ça recommence, il bafouille", "E0"),
    ("asthmatique depuis l'enfance, il n'arrive plus à parler", "E0"),
]
PAST = [
    "j'ai fait un infarctus en 2012, je viens pour mon suivi",
    "phlébite du mollet, c'était il y a dix ans",
    "crise d'épilepsie quand j'étais petit",
    "antécédent d'embolie pulmonaire",
    "opéré d'un anévrisme en 2018, contrôle",
]
FAMILY = [
    "mon père est mort d'un AVC, je voudrais un bilan",
    "ma sœur a fait une embolie pulmonaire sous pilule, je veux changer de contraception",
    "mon grand-père est mort d'une crise cardiaque",
]
OTHER_MEANINGS = [
    "ma ceinture me serre, je voudrais voir une diététicienne",
    "prise de sang demain, à jeun ?",
    "j'ai eu un coup de cœur pour votre ville",
    "mort de rire avec votre annonce",
    "vaccin contre la méningite",
    "échographie cardiaque le 14",
    "contrôle après mon AVC de 2019",
    "formation premiers secours, arrêt cardiaque et étouffement",
    "mon chien a convulsé, vous connaissez un vétérinaire ?",
    "le film d'hier m'a coupé le souffle",
    "je suis confuse, j'ai oublié notre rendez-vous",
    "œufs mollets autorisés ?",
]
SLIPS = [
    ("douleur a la poitirne", "E0"),
    ("il resire plus", "E0"),
    ("g mal o thorax jsp pk", "E0"),
    ("dlr thor irr bras g", "E0"),
    ("AVC ? bouche de traver dep ce mat", "E0"),
    ("bb 6 sem T 38,4", "E1"),
    ("pte 32 SA DMAF", "E1"),
    ("elle est inconsciante", "E0"),
    ("TC sous AVK", "E0"),
    ("PAPA NE REPOND PLUS", "E0"),
    ("crise d'épilpsie en cours", "E0"),
]


@pytest.mark.parametrize("text", [*DENIED, *PAST, *FAMILY, *OTHER_MEANINGS])
def test_nothing_is_lit(text: str):
    assert judge(text).level not in URGENT


@pytest.mark.parametrize(("text", "least"), [*KEPT, *SLIPS])
def test_the_sign_is_kept(text: str, least: str):
    assert LEVELS.index(judge(text).level) >= LEVELS.index(least)


@pytest.mark.parametrize(
    ("text", "age", "level"),
    [
        ("bébé de 5 semaines, 38,3", None, "E1"),
        ("il a trois mois et demi, 38,3, il boit bien", None, "E4"),
        ("elle a 38,3, elle boit bien", 0.1, "E1"),
        ("elle a 38,3, elle boit bien, le nez qui coule", 6, "E4"),
    ],
)
def test_age_is_read_in_the_text_and_in_the_file(text: str, age: float | None, level: str):
    assert judge(text, age_years=age).level == level


def test_repeated_calls_escalate_by_themselves():
    text = "c'est encore moi pour ma cystite"
    assert judge(text).level == "E4"
    assert judge(text, prior_calls=1).level == "E2"
    assert judge(text, prior_calls=2).level == "E1"
    assert judge("il ne respire plus", prior_calls=1).level == "E0"


@pytest.mark.parametrize(
    "text",
    [
        "mauvaise ligne, je n'ai rien compris",
        "elle parle très mal français",
        "je suis très inquiet",
    ],
)
def test_who_is_not_understood_is_called_back(text: str):
    found = judge(text)
    assert 52 in found.rows
    assert LEVELS.index(found.level) >= LEVELS.index("E2")


def test_the_answer_says_which_letters_touched_which_row_and_what_to_ask():
    text = "Bonjour, ça me SERRE dans la poitrine"
    found = judge(text)
    assert found.rows[0] == 2
    lit = {text[word.start : word.end] for word in found.words if word.row == 2}
    assert any("SERRE" in letters for letters in lit)
    assert "poitrine" in lit
    assert found.ask[0] == "Est-ce maintenant ?"
