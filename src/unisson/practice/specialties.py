"""Ready-made visit types by specialty, for a practice's first day. All of it can be changed.

Lengths are those commonly offered by French practices; they follow no rule.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Visit:
    """A visit type to start with. `minutes`: usual length. `colour`: name of a token."""

    code: str
    label: str
    minutes: int
    colour: str = "accent"
    audience: str = "all"
    remote: bool = False
    online: bool = True
    notice_minutes: int = 60
    to_patient: str = ""
    to_staff: str = ""


@dataclass(frozen=True)
class Specialty:
    """A specialty as the practice says it, and what its practitioners usually take."""

    name: str
    short: str
    title: str
    visits: tuple[Visit, ...]


_URGENT = Visit(
    "URG",
    "Urgence du jour",
    15,
    "now",
    online=False,
    notice_minutes=0,
    to_staff="Demander les signes d’alerte avant de donner un rendez-vous.",
)
_REMOTE = Visit(
    "TELE", "Téléconsultation", 15, "ok", audience="known", remote=True,
    to_patient="Un lien vous est envoyé avant l’heure.",
)  # fmt: skip
_RECORD = "Venez avec votre carte Vitale, vos ordonnances et vos derniers résultats."
_CHILD = "Apportez le carnet de santé."
_ASK_ORDER = "Demander l’ordonnance au moment du rendez-vous."

SPECIALTIES = (
    Specialty("Médecine générale", "MG", "Dr", (
        Visit("CS", "Consultation", 15),
        Visit("SUIVI", "Suivi, renouvellement", 15, "ok", audience="known"),
        Visit("NOUV", "Première consultation", 30, audience="new", to_patient=_RECORD),
        Visit("CERT", "Certificat de sport", 15, "ok",
              to_patient="Apportez le questionnaire de santé rempli."),
        Visit("VAC", "Vaccination", 15, "ok",
              to_patient="Apportez le vaccin s’il vous a été prescrit."),
        Visit("VAD", "Visite à domicile", 30, online=False,
              to_staff="Noter l’adresse, l’étage et le code."),
        _REMOTE,
        _URGENT,
    )),
    Specialty("Pédiatrie", "Pédiatrie", "Dr", (
        Visit("PED", "Consultation enfant", 20, to_patient=_CHILD),
        Visit("NOUR", "Examen du nourrisson", 30, "ok", to_patient=_CHILD),
        Visit("VACE", "Vaccination enfant", 15, "ok", to_patient=_CHILD),
        Visit("NOUVE", "Premier rendez-vous", 40, audience="new", to_patient=_CHILD),
        _REMOTE,
        _URGENT,
    )),
    Specialty("Échographie", "Écho", "Dr", (
        Visit("ABDO", "Échographie abdominale", 30, notice_minutes=720, to_staff=_ASK_ORDER,
              to_patient="Venez à jeun depuis six heures ; l’eau est permise."),
        Visit("PELV", "Échographie pelvienne", 30, to_staff=_ASK_ORDER,
              to_patient="Venez la vessie pleine."),
        Visit("THYR", "Échographie thyroïdienne", 20, "ok", to_staff=_ASK_ORDER),
        Visit("ARTI", "Échographie articulaire", 30, "ok", to_staff=_ASK_ORDER),
        Visit("DOPP", "Écho-doppler", 30, to_staff=_ASK_ORDER),
    )),
    Specialty("Infirmière", "IDE", "Mme", (
        Visit("PRELEV", "Prise de sang", 10, "ok", to_staff=_ASK_ORDER,
              to_patient="Venez à jeun si l’ordonnance le demande."),
        Visit("PANS", "Pansement", 20, to_staff=_ASK_ORDER),
        Visit("INJ", "Injection, vaccin", 10, "ok", to_staff=_ASK_ORDER),
        Visit("SONDE", "Soins de sonde", 30, online=False, to_staff=_ASK_ORDER),
        Visit("EDUC", "Éducation thérapeutique", 40, audience="known", online=False),
    )),
    Specialty("Chirurgie dentaire", "Dentiste", "Dr", (
        Visit("DENT", "Consultation dentaire", 30),
        Visit("NOUVD", "Premier rendez-vous dentaire", 45, audience="new",
              to_patient="Apportez vos radiographies et la liste de vos médicaments."),
        Visit("DETAR", "Détartrage", 30, "ok"),
        Visit("SOIND", "Soin dentaire", 45, audience="known", online=False),
        Visit("PROTH", "Prothèse", 60, audience="known", online=False),
        Visit("URGD", "Urgence dentaire", 20, "now", online=False, notice_minutes=0,
              to_staff="Demander : gonflement, fièvre, gêne pour avaler ou respirer ?"),
    )),
    Specialty("Sage-femme", "SF", "Mme", (
        Visit("GROSS", "Suivi de grossesse", 30, to_patient="Apportez votre dossier de grossesse."),
        Visit("PREPA", "Préparation à la naissance", 45, "ok"),
        Visit("GYNSF", "Suivi gynécologique", 30),
        Visit("POSTN", "Visite après la naissance", 30, "ok", to_patient=_CHILD),
        Visit("REEDU", "Rééducation du périnée", 30, "ok", to_staff=_ASK_ORDER),
    )),
    Specialty("Gynécologie", "Gynéco", "Dr", (
        Visit("GYN", "Consultation de gynécologie", 20),
        Visit("GROSS", "Suivi de grossesse", 30, to_patient="Apportez votre dossier de grossesse."),
        Visit("FROT", "Frottis", 20, "ok"),
        Visit("POSE", "Pose ou retrait", 30, online=False),
        _URGENT,
    )),
    Specialty("Cardiologie", "Cardio", "Dr", (
        Visit("CARD", "Consultation de cardiologie", 30, to_patient=_RECORD),
        Visit("ECHOC", "Échographie cardiaque", 30, to_staff=_ASK_ORDER),
        Visit("EFFORT", "Épreuve d’effort", 45, online=False, notice_minutes=1440,
              to_patient="Venez en tenue de sport, sans être à jeun.", to_staff=_ASK_ORDER),
        Visit("HOLTER", "Pose de Holter", 20, "ok", to_staff=_ASK_ORDER),
    )),
    Specialty("Dermatologie", "Dermato", "Dr", (
        Visit("DERM", "Consultation de dermatologie", 15),
        Visit("GRAINS", "Contrôle des grains de beauté", 20, "ok"),
        Visit("PETCHIR", "Petite chirurgie", 30, audience="known", online=False),
        Visit("URGP", "Lésion à voir vite", 15, "now", online=False, notice_minutes=0),
    )),
    Specialty("Ophtalmologie", "Ophtalmo", "Dr", (
        Visit("VUE", "Contrôle de la vue", 20,
              to_patient="Venez avec vos lunettes, sans lentilles."),
        Visit("FOND", "Fond d’œil", 30, to_patient="Ne conduisez pas pendant trois heures après."),
        Visit("LENT", "Adaptation de lentilles", 30, "ok"),
        Visit("URGO", "Urgence de l’œil", 15, "now", online=False, notice_minutes=0,
              to_staff="Demander : baisse de vue brutale, douleur, projection, traumatisme ?"),
    )),
    Specialty("Kinésithérapie", "Kiné", "M.", (
        Visit("BILAN", "Bilan de kinésithérapie", 45, audience="new", to_staff=_ASK_ORDER),
        Visit("SEANCE", "Séance de kinésithérapie", 30, "ok", audience="known"),
        Visit("RESPI", "Kinésithérapie respiratoire", 20, "now", notice_minutes=0),
    )),
    Specialty("Psychologie", "Psycho", "Mme", (
        Visit("ENTR", "Premier entretien", 60, audience="new"),
        Visit("PSY", "Séance de psychologie", 45, "ok", audience="known"),
    )),
)  # fmt: skip


def specialty_named(name: str) -> Specialty | None:
    """The ready-made list under that name, however it is capitalised."""
    wanted = name.strip().casefold()
    return next((one for one in SPECIALTIES if one.name.casefold() == wanted), None)
