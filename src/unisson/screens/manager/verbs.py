"""Every verb of the policy in the words of the practice, for the manager's pages."""

from __future__ import annotations

from collections.abc import Mapping

ROOMS = {
    "desk": "Le bureau",
    "agenda": "L’agenda",
    "reception": "L’accueil",
    "patients": "Les patients",
    "practice": "Le cabinet",
    "session": "Sa session",
    "audit": "Le journal",
    "training": "L’essai",
}
WORDS = {
    "desk.see": "voir la journée de tous",
    "desk.print": "imprimer une journée",
    "agenda.read": "lire l’agenda",
    "agenda.read_free": "voir les créneaux libres",
    "agenda.book": "donner un rendez-vous",
    "agenda.hold": "retenir un créneau le temps d’un appel",
    "agenda.squeeze_in": "ajouter un rendez-vous en plus",
    "agenda.outside_hours": "donner un rendez-vous hors des horaires",
    "agenda.move": "déplacer un rendez-vous",
    "agenda.cancel": "annuler un rendez-vous",
    "agenda.mark": "changer l’état d’un rendez-vous",
    "agenda.mark_no_show": "noter un patient absent",
    "agenda.mark_excused": "noter un patient excusé",
    "agenda.put_back": "remettre un rendez-vous annulé",
    "agenda.change": "changer le motif ou la note d’un rendez-vous",
    "agenda.undo": "défaire un acte sur l’agenda",
    "agenda.block": "bloquer un temps",
    "agenda.absence": "déclarer ou retirer une absence",
    "agenda.configure": "régler les horaires et les motifs",
    "agenda.import": "importer un agenda",
    "reception.arrive": "noter une arrivée",
    "reception.to_room": "installer un patient en salle",
    "reception.call_in": "appeler un patient",
    "reception.leave": "noter une sortie",
    "reception.leave_unseen": "noter un départ sans avoir été vu",
    "reception.step_back": "revenir d’un état en arrière",
    "reception.own_day": "voir sa propre journée de praticien",
    "patients.search": "chercher un patient",
    "patients.look_up_places": "chercher un lieu de naissance",
    "patients.create": "créer un patient",
    "patients.read": "ouvrir un dossier",
    "patients.read_history": "lire l’historique d’un dossier",
    "patients.update": "modifier un dossier",
    "patients.check_identity": "vérifier une identité",
    "patients.note": "écrire une note administrative",
    "patients.review_duplicates": "examiner les doublons",
    "patients.propose_merge": "proposer une fusion",
    "patients.merge": "fusionner deux dossiers",
    "patients.undo_merge": "défaire une fusion",
    "patients.import": "importer des patients",
    "practice.first_run": "ouvrir les pages de première mise en service",
    "practice.found": "créer le cabinet",
    "practice.configure": "régler le cabinet",
    "practice.manage_staff": "gérer les comptes",
    "practice.backup": "sauvegarder",
    "practice.restore": "restaurer une sauvegarde",
    "practice.see_backups": "voir les sauvegardes",
    "audit.read": "lire le journal",
    "audit.verify": "vérifier la chaîne du journal",
    "audit.export": "exporter le journal",
    "session.sign_in": "se connecter",
    "session.sign_out": "se déconnecter",
    "session.lock": "verrouiller le poste",
    "session.unlock": "déverrouiller le poste",
    "session.stay": "dire que quelqu’un est là",
    "session.own_secrets": "changer son mot de passe et son code",
    "training.seed": "créer le cabinet fictif",
}


def said(verb: str) -> str:
    """The verb in words; an unknown one (of an older version, in the trail) as it is."""
    return WORDS.get(verb, verb)


THINGS = {
    "Absence": "absence",
    "Appointment": "rendez-vous",
    "AuditEvent": "journal",
    "Backup": "sauvegarde",
    "Coverage": "droits",
    "AdministrativeNote": "note",
    "Hold": "créneau retenu",
    "Merge": "fusion",
    "MergeProposal": "proposition de fusion",
    "OpeningException": "jour à part",
    "OpeningRule": "plage",
    "Patient": "dossier",
    "Practice": "cabinet",
    "Practitioner": "praticien",
    "RelatedPerson": "proche",
    "Resource": "salle ou matériel",
    "Site": "site",
    "Telephone": "téléphone",
    "User": "compte",
    "Visit": "passage",
    "VisitType": "motif",
    "VisitTypeNeed": "besoin d’un motif",
    "VisitTypeOffer": "durée d’un motif",
}


def thing(kind: str) -> str:
    """What was acted on, in words."""
    return THINGS.get(kind, kind)


def groups(held: Mapping[str, frozenset[str]]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The verbs a person can hold, under the titles of their rooms: verb, words."""
    people = {verb: roles for verb, roles in held.items() if roles - {"system", "anyone"}}
    found = []
    for room, title in ROOMS.items():
        lines = [(verb, said(verb)) for verb in WORDS if verb in people and _room(verb) == room]
        lines += [(v, v) for v in sorted(people) if v not in WORDS and _room(v) == room]
        if lines:
            found.append((title, lines))
    return found


def _room(verb: str) -> str:
    return verb.partition(".")[0]
