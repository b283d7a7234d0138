"""Which column is what."""

import pytest

from unisson.exchange.rules.headers import AGENDA, PATIENTS, missing, propose, signature


def fields(kind, headers, sample=()):
    return [column.field for column in propose(kind, headers, sample)]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            # Doctolib-like
            ["Civilité", "Nom de naissance", "Nom", "Prénom", "Date de naissance",
             "Téléphone portable", "Téléphone fixe", "Email", "Adresse", "Code postal", "Ville"],
            ["sex", "birth_name", "used_name", "first_name", "birth_date",
             "phone_mobile", "phone_home", "email", "address_line", "postcode", "commune"],
        ),
        (
            # HelloDoc-like
            ["NoDossier", "NOM", "NOM_JF", "PRENOM", "DDN", "SEXE", "TEL1", "TEL2", "PORTABLE",
             "CP", "VILLE", "MEDECIN TRAITANT", "MEMO"],
            ["source_id", "used_name", "birth_name", "first_name", "birth_date", "sex", "phone",
             "phone", "phone_mobile", "postcode", "commune", "treating_name", "note"],
        ),
        (
            ["patientId", "lastName", "firstName", "birthDate", "gender", "phone", "zip", "city"],
            ["source_id", "name", "first_name", "birth_date", "sex", "phone", "postcode",
             "commune"],
        ),
        (
            ["Né(e) le", "N° dossier", "Prénoms", "Nom de famille", "C.P."],
            ["birth_date", "source_id", "birth_given_names", "name", "postcode"],
        ),
        (["Nom", "Prenom", "Date naissnce"], ["name", "first_name", "birth_date"]),
    ],
)  # fmt: skip
def test_headers_of_known_programs(headers, expected):
    assert fields(PATIENTS, headers) == expected


def test_agenda_headers():
    assert fields(
        AGENDA,
        ["Date", "Heure début", "Heure fin", "Agenda", "Motif", "Patient", "Statut", "N° dossier"],
    ) == [
        "date", "start_time", "end_time", "practitioner", "visit_type", "full_name", "status",
        "patient_source_id",
    ]  # fmt: skip


def test_a_field_is_given_once_and_the_best_column_has_it():
    columns = propose(PATIENTS, ["Ville", "Commune", "Nom", "Nom"])
    assert [column.field for column in columns] == ["commune", "", "name", ""]
    assert columns[0].confidence == 95 or columns[0].field == "commune"


def test_content_says_what_a_header_does_not():
    sample = [["x@example.org", "06 39 98 00 01", "12/03/1951"]] * 5
    assert fields(PATIENTS, ["Champ1", "Champ2", "Champ3"], sample) == [
        "email", "phone", "birth_date",
    ]  # fmt: skip
    assert all(column.confidence < 70 for column in propose(PATIENTS, ["Champ1"] * 3, sample))


def test_unknown_headers_are_ignored_not_guessed():
    assert fields(PATIENTS, ["Groupe sanguin", "Solde", "XYZ"], [["O+", "12", "z"]] * 9) == [""] * 3


def test_signature_ignores_spelling_and_keeps_order():
    assert signature(["Nom", "Prénom"]) == signature(["NOM ", "prenom"])
    assert signature(["Nom", "Prénom"]) != signature(["Prénom", "Nom"])


def test_what_is_missing_is_said():
    assert missing(PATIENTS, ["name"]) == ["le prénom", "la date de naissance"]
    assert missing(PATIENTS, ["full_name", "birth_date"]) == []
    assert missing(AGENDA, ["start", "patient_source_id"]) == []
    assert missing(AGENDA, ["practitioner"]) == ["le jour", "l’heure de début", "le patient"]
