"""What one can ask of the line, and the words people use for it. All folded."""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """What is asked."""

    BOOK = "book"
    ARRIVE = "arrive"
    ROOM = "room"
    CALL_IN = "call_in"
    LEAVE = "leave"
    LEAVE_UNSEEN = "leave_unseen"
    NO_SHOW = "no_show"
    EXCUSE = "excuse"
    PUT_BACK = "put_back"
    CANCEL = "cancel"
    MOVE = "move"
    FREE = "free"
    FIRST_FREE = "first_free"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    BLOCK = "block"
    ABSENCE = "absence"
    PATIENT = "patient"
    NEW = "new"
    UNDO = "undo"
    HELP = "help"


ABOUT_A_PATIENT = frozenset(
    {
        Verb.BOOK,
        Verb.ARRIVE,
        Verb.ROOM,
        Verb.CALL_IN,
        Verb.LEAVE,
        Verb.LEAVE_UNSEEN,
        Verb.NO_SHOW,
        Verb.EXCUSE,
        Verb.PUT_BACK,
        Verb.CANCEL,
        Verb.MOVE,
        Verb.PATIENT,
    }
)
"""Verbs that need somebody; without one the line asks « pour qui ? »."""

AT_THE_COUNTER = frozenset(
    {
        Verb.ARRIVE,
        Verb.ROOM,
        Verb.CALL_IN,
        Verb.LEAVE,
        Verb.LEAVE_UNSEEN,
        Verb.NO_SHOW,
        Verb.PUT_BACK,
    }
)
"""Verbs about somebody of today."""

TAKES_A_RESOURCE = frozenset({Verb.ROOM, Verb.BLOCK, Verb.ABSENCE})
"""Verbs that can be about a room or a machine."""

TAKES_A_LABEL = frozenset({Verb.BLOCK, Verb.ABSENCE})
"""Verbs whose other words are a reason: « absence marchal vendredi formation »."""

BESIDE_BOOK = frozenset(
    {
        Verb.BOOK,
        Verb.FIRST_FREE,
        Verb.FREE,
        Verb.NEW,
        Verb.PATIENT,
        Verb.DAY,
        Verb.WEEK,
        Verb.MONTH,
    }
)
"""Verbs that beside « rdv » still mean a booking: « rdv roux premier libre »."""

SWALLOWED = frozenset({Verb.FIRST_FREE, Verb.FREE, Verb.NEW, Verb.PATIENT})
"""Those of them whose words then say nothing more about the patient."""

# One line a verb; a form may be several words. The first is the one help shows.
FORMS: dict[Verb, tuple[str, ...]] = {
    Verb.BOOK: (
        *("rdv", "rv", "rdvs", "rendez vous", "rendezvous", "rendevous", "redv", "rvd"),
        *("prendre rdv", "prendre rendez vous", "reserve", "reserver", "reservation", "prends"),
        *("fixe", "fixer", "booker", "planifie", "planifier", "cale", "caler", "place", "placer"),
        *("donne rdv", "donner rdv", "donne un rdv", "nouveau rdv", "un rdv", "noter rdv"),
    ),
    Verb.ARRIVE: (
        *("arrive", "arrivee", "arriver", "arrives", "est arrive", "est arrivee", "est la"),
        *("vient d arriver", "present", "presente", "arr", "arriv", "est present", "au comptoir"),
        *("en salle d attente", "salle d attente", "est la pour"),
    ),
    Verb.ROOM: (
        *("salle", "en salle", "installe", "installee", "installer", "mettre en salle"),
        *("met en salle", "mets en salle", "est en salle", "est installe", "est installee"),
    ),
    Verb.CALL_IN: (
        *("en consultation", "fait entrer", "faire entrer", "fais entrer", "est entre"),
        *("est entree", "en consult", "est avec le medecin", "avec le medecin", "est recu"),
        *("est recue", "passe en consultation"),
    ),
    Verb.LEAVE: (
        *("sorti", "sortie", "sortir", "sort", "est sorti", "est sortie", "parti", "partie"),
        *("est parti", "est partie", "termine", "fini", "a fini", "sorite"),
    ),
    Verb.LEAVE_UNSEEN: (
        *("parti sans etre vu", "partie sans etre vue", "sorti sans etre vu", "parti sans"),
        *("sortie sans etre vue", "parti sans attendre", "partie sans attendre", "partie sans"),
        *("sans etre vu", "sans etre vue", "pas vu", "pas vue"),
    ),
    Verb.NO_SHOW: (
        *("absent", "absente", "est absent", "est absente", "pas venu", "pas venue", "non venu"),
        *("non venue", "n est pas venu", "n est pas venue", "lapin", "a pose un lapin", "manque"),
        *("a manque", "pas la", "n est pas la", "abs"),
    ),
    Verb.EXCUSE: (
        *("excuse", "excusee", "excuser", "est excuse", "est excusee", "a prevenu", "prevenu"),
        *("prevenue", "absent excuse", "absente excusee", "exc", "s excuse"),
    ),
    Verb.PUT_BACK: (
        *("remets", "remettre", "remet", "retablir", "retablis", "attendu", "attendue"),
        *("pas arrive", "pas arrivee", "pas encore arrive", "pas encore arrivee", "pas encore la"),
        *("remettre attendu", "finalement attendu", "toujours attendu"),
    ),
    Verb.CANCEL: (
        *("annule", "annuler", "annulee", "annulation", "annul", "supprime", "supprimer"),
        *("enleve", "enlever", "decommande", "decommander", "ne vient pas", "ne viendra pas"),
        *("ne peut pas venir", "retire", "retirer", "efface"),
    ),
    Verb.MOVE: (
        *("deplace", "deplacer", "decale", "decaler", "reporte", "reporter", "report", "bouge"),
        *("bouger", "change", "changer", "dep", "repousse", "repousser", "avance", "avancer"),
        *("transfere", "transferer", "deplacement"),
    ),
    Verb.FREE: (
        *("libre", "libres", "dispo", "dispos", "disponible", "disponibles", "disponibilite"),
        *("disponibilites", "creneau", "creneaux", "creneau libre", "creneaux libres", "places"),
        *("place libre", "places libres", "trou", "trous", "qui peut", "lib"),
    ),
    Verb.FIRST_FREE: (
        *("premier libre", "premiere libre", "1 er libre", "1 libre", "premier creneau"),
        *("premier dispo", "premiere dispo", "premiere place", "prochain libre", "prochaine dispo"),
        *("premier creneau libre", "prochain creneau", "prochaine place", "premiere disponibilite"),
        *("1 er dispo", "1 ere dispo", "1 er creneau", "premier disponible", "prochain dispo"),
        *("prochain disponible", "prochain creneau libre", "premier trou"),
    ),
    Verb.DAY: (
        *("jour", "va", "va au", "va a", "aller", "aller au", "aller a", "aff", "affiche"),
        *("afficher", "voir", "vois", "montre", "montrer", "agenda", "planning", "journee"),
        *("agenda du", "planning du", "journee du", "aller le", "date"),
    ),
    Verb.WEEK: ("semaine", "sem", "hebdo", "semaine de", "la semaine de", "vue semaine"),
    Verb.MONTH: ("mois", "vue mois", "calendrier"),
    Verb.BLOCK: (
        *("bloque", "bloquer", "bloc", "blocage", "ferme", "fermer", "indispo", "indisponible"),
        *("neutralise", "neutraliser", "pause"),
    ),
    Verb.ABSENCE: (
        *("absence", "absences", "conge", "conges", "vacances", "en conge", "en conges"),
        *("absence de", "sera absent", "sera absente", "en vacances", "en formation"),
    ),
    Verb.PATIENT: (
        *("patient", "patiente", "fiche", "dossier", "cherche", "chercher", "trouve", "trouver"),
        *("ouvre", "ouvrir", "qui est", "recherche", "rechercher", "fiche de", "dossier de"),
    ),
    Verb.NEW: (
        *("nouveau", "nouvelle", "nouveau patient", "nouvelle patiente", "creer", "cree"),
        *("creer patient", "creer un patient", "creation", "inscrire", "inscris", "nv", "nvx"),
        *("ajouter un patient", "ajoute", "ajouter"),
    ),
    Verb.UNDO: ("defaire", "defais", "annuler le dernier geste", "annule le dernier", "retour"),
    Verb.HELP: ("aide", "help", "comment", "ordres", "commandes"),
}

# One letter, first on the line, for hands that know them.
LETTERS: dict[str, Verb] = {
    "r": Verb.BOOK,
    "a": Verb.ARRIVE,
    "s": Verb.ROOM,
    "x": Verb.NO_SHOW,
    "d": Verb.MOVE,
    "b": Verb.BLOCK,
    "l": Verb.FREE,
    "j": Verb.DAY,
    "p": Verb.PATIENT,
}

BY_WORDS: dict[tuple[str, ...], Verb] = {
    tuple(form.split(" ")): verb for verb, forms in FORMS.items() for form in forms
}
LONGEST = max(len(form) for form in BY_WORDS)

# « là » and « la » are one word once folded: only at the end does it say « she is here ».
HERE = "la"

# Words so short or so common that a slip of the fingers must not become them.
EXACT_ONLY = frozenset(
    {
        *("place", "prends", "fixer", "caler", "presente", "present", "attend", "manque", "trous"),
        *("voir", "vois", "montre", "date", "cherche", "trouve", "ouvre", "retour", "avance"),
        *("change", "changer", "pause", "salle", "sortie", "partie", "bouger", "creer", "nouvelle"),
        *("sorite", "ferme", "fermer", "comment", "ajoute", "aller", "patient", "patiente"),
        *("calendrier", "libre", "libres", "fiche", "journee", "semaine", "vacances", "agenda"),
    }
)

# Everyday words around an order that say nothing by themselves.
FILLERS = frozenset(
    """
    pour avec chez le la les un une de du des d l a au aux en et est svp stp s il te vous plait je
    veux voudrait voudrais on il elle son sa ses par sur dans que qui rdv rdvs rendez vous ce cette
    consultation? jusqu dont vers lui leur peux tu
    """.replace("consultation?", "").split()
)
# Before a name: whose appointment it is.
CIVILITIES = frozenset(
    {
        *("m", "mr", "mme", "mlle", "melle", "madame", "monsieur", "mademoiselle"),
        *("bebe", "enfant", "famille"),
    }
)
TITLES = frozenset({"dr", "docteur", "dct", "doc", "pr", "professeur", "medecin", "praticien"})
WITH = frozenset({"avec", "chez"})
SMALL = FILLERS | CIVILITIES | TITLES

URGENT = frozenset({"urgent", "urgente", "urgence", "urg", "urgences"})
SQUEEZE = (
    ("en", "plus"),
    ("surbooking",),
    ("surbook",),
    ("forcer",),
    ("force",),
    ("entre", "deux"),
    ("en", "surnombre"),
    ("rajout",),
    ("rajoute",),
)

# Why people come, when the practice has no visit type of that name: written as
# the reason of the visit, never taken for somebody's name.
REASONS: dict[tuple[str, ...], str] = {
    ("controle",): "Contrôle",
    ("ctrl",): "Contrôle",
    ("suivi",): "Suivi",
    ("renouvellement",): "Renouvellement",
    ("renouvelement",): "Renouvellement",
    ("renouv",): "Renouvellement",
    ("ordonnance",): "Ordonnance",
    ("ordo",): "Ordonnance",
    ("resultat",): "Résultats",
    ("resultats",): "Résultats",
    ("bilan",): "Bilan",
    ("prise", "de", "sang"): "Prise de sang",
    ("pds",): "Prise de sang",
    ("certificat",): "Certificat",
    ("certif",): "Certificat",
    ("vaccin",): "Vaccin",
    ("rappel",): "Rappel",
    ("pansement",): "Pansement",
    ("frottis",): "Frottis",
    ("fievre",): "Fièvre",
    ("toux",): "Toux",
    ("fatigue",): "Fatigue",
    ("douleur",): "Douleur",
    ("mal", "de", "dos"): "Mal de dos",
    ("mal", "au", "dos"): "Mal de dos",
    ("mal", "de", "gorge"): "Mal de gorge",
    ("mal", "a", "la", "gorge"): "Mal de gorge",
    ("otite",): "Otite",
    ("angine",): "Angine",
    ("grippe",): "Grippe",
    ("gastro",): "Gastro-entérite",
    ("migraine",): "Migraine",
    ("vertige",): "Vertiges",
    ("vertiges",): "Vertiges",
    ("eruption",): "Éruption",
    ("chute",): "Chute",
    ("tension",): "Tension",
    ("arret", "de", "travail"): "Arrêt de travail",
    ("arret",): "Arrêt de travail",
}
TAKES_A_REASON = frozenset({Verb.BOOK, Verb.FREE, Verb.FIRST_FREE})
