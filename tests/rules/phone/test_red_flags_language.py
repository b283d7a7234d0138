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


# What hides a sign, by class, and a neighbour in the same words that is a true flag.
HIDDEN_AND_TWIN = {
    "list denied": [
        ("pas de fièvre, de vomissement ni de raideur de nuque", "pas de fièvre, il convulse"),
        (
            "elle n'a ni fièvre, ni taches, ni raideur de nuque",
            "ni fièvre ni toux mais il respire très mal",
        ),
        (
            "sans perte de connaissance ni vomissement ni saignement",
            "sans prévenir il est tombé, il ne répond plus",
        ),
        (
            "elle va beaucoup mieux, plus de fièvre, plus de vomissements",
            "elle va mieux mais elle est encore très essoufflée",
        ),
    ],
    "answer": [
        (
            "fièvre : non, douleur thoracique : non, essoufflement : non",
            "fièvre : non ; douleur thoracique : oui",
        ),
        ("perte de connaissance ? jamais", "il saigne ? oui beaucoup"),
        ("saigne ? non", "non, elle ne se réveille pas"),
        ("dyspnée 0, syncope 0, vu pour un certificat", "saturation 85, dyspnée, fièvre 0"),
        ("douleur thoracique absente", "greffe de cornée, non, de rein, fièvre 38,4"),
        (
            "fièvre, saignement, perte d'eau : rien de tout ça, je voudrais l'adresse",
            "rien de tout ça mais il ne respire plus",
        ),
    ],
    "date": [
        (
            "le saignement de nez de l'an passé a été cautérisé, il va bien, contrôle",
            "mon père qui a fait un AVC en 2019 a la bouche de travers",
        ),
        (
            "hospitalisé pour une syncope en février, il vient pour son suivi",
            "né en 1985, douleur thoracique",
        ),
        (
            "brûlure au bras datant de 2018, pour la greffe esthétique",
            "mon père a fait un infarctus il y a dix minutes",
        ),
        (
            "à l'époque de mon service militaire j'ai perdu connaissance",
            "il y a un enfant de 3 ans inconscient dans la cour",
        ),
        (
            "en 2016 j'ai fait une hémorragie de la délivrance",
            "comme mon infarctus de 2019, pareil, la même douleur",
        ),
    ],
    "lasting": [
        ("hypotonie connue, suivi au CAMSP, kiné", "asthmatique connu, il n'arrive plus à parler"),
        ("la peau marbrée depuis des années, un dermato ?", "il me frappe depuis dix ans"),
        ("douleurs de poitrine habituelles et anciennes", "diabétique connu, confus et transpire"),
    ],
    "family": [
        (
            "dans la famille on a beaucoup d'infarctus, je voudrais un cardiologue",
            "la famille dit qu'il ne respire plus",
        ),
        (
            "son grand frère avait fait des apnées bébé, c'est pour le dossier",
            "ma grand-mère a un bras qui pend",
        ),
    ],
    "paper": [
        (
            "certificat de conduite après malaise, avis favorable déjà reçu",
            "certificat de sport, mais il a perdu connaissance à l'entraînement",
        ),
        (
            "suite à mon AVC de 2019 je dois refaire mon dossier MDPH",
            "dossier patient : douleur thoracique depuis 1 h",
        ),
        ("le renouvellement du stylo pour choc allergique", "consultation pour douleur thoracique"),
    ],
    "all is well": [
        (
            "une sciatique à hurler en mars, guérie, tout va bien, c'est pour un certificat",
            "c'est pour un rendez-vous, mon mari ne répond plus, il est connu du docteur",
        ),
        (
            "toux et frissons l'hiver dernier, tout va bien, je voudrais le vaccin",
            "une ordonnance, il est bleu autour de la bouche, d'habitude il va bien",
        ),
        (
            "une crampe qui date, rien d'autre, je voudrais un certificat",
            "douleur au mollet gonflé et rouge, je voudrais un rendez-vous, je vais bien",
        ),
        (
            "la sage-femme m'a rassurée, c'est musculaire, visite du sixième mois",
            "ma fille a fait une crise d'épilepsie hier, elle va bien, c'est pour un certificat",
        ),
    ],
    "supposed": [
        (
            "au cas où il ferait une crise d'asthme à l'école il faut un PAI",
            "je ne sais pas s'il respire",
        ),
        ("si jamais il refait une convulsion que dois-je faire ?", "que faire, il convulse"),
        (
            "j'ai peur de faire un infarctus un jour comme mon père",
            "le docteur m'avait dit d'appeler si je recrachais du sang, ça y est",
        ),
        ("j'ai rêvé que je m'étouffais", "j'ai peur, il ne se réveille pas"),
    ],
    "elsewhere": [
        (
            "j'écris un mémoire sur le suicide des adolescents",
            "au travail, on regardait un film, il s'est effondré",
        ),
        ("le chien s'est étouffé avec un os", "mon chien a mordu ma fille, ça saigne beaucoup"),
        (
            "formation premiers secours, étouffement",
            "pendant la formation un stagiaire fait une crise d'épilepsie",
        ),
        ("je vous étrangle ! Je plaisante, la date de l'IRM ?", "je rigole mais il s'étouffe"),
        ("j'habite rue du Sang", "rue de la Paix, un homme inconscient"),
    ],
    "idiom": [
        ("une overdose d'informations sur internet", "une overdose, elle ne répond pas"),
        ("arme de séduction massive, votre collègue", "il a une arme, il menace tout le monde"),
        ("mon pantalon s'est déchiré au dos", "ça se déchire dans mon dos, je suis tout pâle"),
        ("je suis à saigner à blanc avec vos honoraires", "ça saigne comme une vache"),
    ],
}
TWINS = [(name, *pair) for name, pairs in HIDDEN_AND_TWIN.items() for pair in pairs]


@pytest.mark.parametrize(("name", "hidden", "flag"), TWINS)
def test_a_scope_hides_its_sign_and_not_its_twin(name: str, hidden: str, flag: str):
    assert judge(hidden).level not in URGENT, name
    assert judge(flag).level in URGENT, name


@pytest.mark.parametrize(
    "text",
    [
        "pas de fièvre. Mais il ne respire plus",
        "certificat de sport à faire. Ma mère ne se réveille pas",
        "vaccin contre la méningite pour moi. Et là mon fils convulse",
        "mon père est mort d'un AVC en 2010. J'ai la bouche de travers",
    ],
)
def test_a_second_sign_outside_the_scope_still_lights(text: str):
    assert judge(text).level in URGENT


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
