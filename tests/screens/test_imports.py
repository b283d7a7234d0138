"""Taking over data in the browser: give, correct, try, import; the same acts as the command."""

import asyncio
import html
import io
import zipfile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from unisson.agenda.models import Appointment, VisitType, VisitTypeOffer
from unisson.core.models import AuditEvent
from unisson.exchange.actions.waiting import folder
from unisson.exchange.models import ImportRun, WaitingFile
from unisson.exchange.rules import sniffing
from unisson.patients.models import Patient
from unisson.practice.models import Practitioner, Resource, Site, User
from unisson.site.uploads import limited

pytestmark = pytest.mark.django_db
PATIENTS = (
    "N° dossier;Civilité;Nom;Prénom;Né(e) le;Tel\n"
    "12;Mme;LEBRUN;Claire;04/05/1978;06 39 98 00 01\n"
    "13;M.;ROUX;Paul;31/02/1951;\n"
)
AGENDA = (
    "Date;Heure;Praticien;Motif;N° dossier\n"
    "01/12/2026;09:00;Dr N.;Tisane;12\n"
    "01/12/2026;09:10;Dr N.;Tisane;12\n"
)


@pytest.fixture(autouse=True)
def _today(settings, tmp_path):
    settings.DATA = tmp_path
    with time_machine.travel("2026-11-24 09:41+01:00", tick=False):
        yield


@pytest.fixture(autouse=True)
def _commits(monkeypatch):
    """What runs after a commit runs at once: the tests' own transaction never commits."""
    monkeypatch.setattr("unisson.core.gesture.Act.after_commit", lambda act, do: do())


def words_of(answer):
    return html.unescape(answer.content.decode())


@pytest.fixture
def manager(client: Client) -> Client:
    user = User.objects.create(username="gestion", name="M. Aubert", role="manager")
    client.force_login(user)
    return client


def give(client, text, *, kind="patients", name="export.csv", source="HelloDoc"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(
        "/importer/",
        {"kind": kind, "source": source, "file": SimpleUploadedFile(name, data)},
    )


def fields_of(page, **changed):
    """The column selects as the page proposes them."""
    columns = {f"col-{column.index}": column.field for column in page.context["opened"].columns}
    return {"source": "HelloDoc", "order": "day", **columns, **changed}


def test_from_the_file_to_the_patients(manager):
    assert manager.get("/importer/").status_code == 200
    answer = give(manager, PATIENTS)
    assert answer.status_code == 302
    page = manager.get(answer.url)
    assert "Né(e) le" in words_of(page)
    assert not Patient.objects.exists()
    trial = manager.post(answer.url, fields_of(page), follow=True)
    text = words_of(trial)
    assert "Essai à blanc" in text
    assert "ce mois n’a pas de jour 31" in text
    assert "ligne 3" in text
    assert not Patient.objects.exists()
    done = manager.post(f"{answer.url}importer/")
    assert "C’est importé" in words_of(done)
    assert Patient.objects.get().birth_name == "LEBRUN"
    run = ImportRun.objects.get()
    assert (run.source, run.by_name, run.new, run.refused) == ("HelloDoc", "M. Aubert", 1, 1)
    assert not WaitingFile.objects.exists()
    assert list(folder().iterdir()) == []


def test_a_column_corrected_by_hand_is_what_counts(manager):
    answer = give(manager, "A;B;C\nROUX;Paul;12/03/1951\n")
    page = manager.get(answer.url)
    assert "Aucune colonne ne donne le nom" in words_of(page)
    said = {"col-0": "birth_name", "col-1": "first_name", "col-2": "birth_date"}
    trial = manager.post(answer.url, fields_of(page, **said), follow=True)
    assert "Seraient ajoutés" in words_of(trial)
    manager.post(f"{answer.url}importer/")
    assert Patient.objects.get().birth_first_name == "PAUL"


def test_a_second_import_changes_nothing_and_says_so(manager):
    for words in ("C’est importé", "Rien de nouveau"):
        url = give(manager, PATIENTS).url
        manager.post(url, fields_of(manager.get(url)))
        assert words in words_of(manager.post(f"{url}importer/"))
    assert Patient.objects.count() == 1
    assert ImportRun.objects.count() == 1


def test_a_double_click_imports_once(manager):
    url = give(manager, PATIENTS).url
    manager.post(f"{url}importer/")
    again = manager.post(f"{url}importer/", follow=True)
    assert "déjà été importé" in words_of(again)
    assert Patient.objects.count() == 1


def xlsx() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (xlsx(), "patients.csv", "CSV UTF-8"),
        (b"%PDF-1.7", "patients.csv", "PDF"),
        (b"", "vide.csv", "vide"),
        (bytes(range(256)) * 9, "x.csv", "pas du texte"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "a.csv", "calendrier"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_not_kept(manager, data, name, words):
    answer = give(manager, data, name=name)
    assert answer.status_code == 422
    assert words in words_of(answer)
    assert "Rien n’a été importé" in words_of(answer)
    assert not WaitingFile.objects.exists()
    assert list(folder().iterdir()) == []


def test_a_file_over_the_limit_is_refused_and_not_kept(manager, monkeypatch):
    monkeypatch.setattr(sniffing, "MAX_BYTES", 50)
    answer = give(manager, PATIENTS)
    assert answer.status_code == 422
    assert "la limite est de" in words_of(answer)
    assert list(folder().iterdir()) == []


def test_no_file(manager):
    answer = manager.post("/importer/", {"kind": "patients"})
    assert "Choisissez d’abord un fichier" in words_of(answer)


def test_a_name_that_tries_to_leave_its_folder_is_only_a_name(manager):
    url = give(manager, PATIENTS, name="../../etc/passwd.csv").url
    row = WaitingFile.objects.get()
    assert "/" not in row.file_name
    assert [path.name for path in folder().iterdir()] == [row.token]
    manager.post(f"{url}abandonner/")
    assert list(folder().iterdir()) == []


def test_markup_in_a_file_is_only_text(manager):
    url = give(manager, "Nom;Prénom;Né(e) le\n<script>alert(1)</script>;Paul;12/03/1951\n").url
    for page in (manager.get(url), manager.get(f"{url}essai/")):
        assert "<script>alert" not in page.content.decode()
    assert "&lt;script&gt;" in manager.get(url).content.decode()


def test_the_report_as_a_spreadsheet_runs_no_formula(manager):
    url = give(manager, 'Nom;Prénom;Né(e) le\nROUX;Paul;"=cmd()"\n').url
    answer = manager.get(f"{url}essai.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "ligne;genre;texte"
    assert not any(cell.startswith(("=", "+", "@")) for cell in lines[1].split(";"))


def test_a_file_waits_a_day_and_only_for_who_gave_it(manager):
    url = give(manager, PATIENTS).url
    other = Client()
    other.force_login(User.objects.create(username="autre", name="A. Autre", role="manager"))
    assert "déjà été importé ou abandonné" in words_of(other.get(url, follow=True))
    with time_machine.travel("2026-11-25 10:00+01:00", tick=False):
        manager.force_login(User.objects.get(username="gestion"))
        assert "ou abandonné" in words_of(manager.get(url, follow=True))
        give(manager, PATIENTS)
        assert WaitingFile.objects.count() == 1


@pytest.mark.parametrize("role", ["secretary", "remote_agent"])
def test_only_the_manager(client, role):
    client.force_login(User.objects.create(username="x", name="X", role=role))
    assert client.get("/importer/").status_code == 403
    assert give(client, PATIENTS).status_code == 403
    assert not WaitingFile.objects.exists()


def test_looking_writes_nothing(manager):
    url = give(manager, PATIENTS).url
    before = AuditEvent.objects.count()
    for page in ("/importer/", url, f"{url}essai/", f"{url}essai.csv"):
        assert manager.get(page).status_code == 200
    assert AuditEvent.objects.count() == before


def test_an_agenda_whose_names_are_given_a_meaning(manager):
    site = Site.objects.create(name="Centre")
    resource = Resource.objects.create(kind="practitioner", name="Dr Nguyen", site=site)
    nguyen = Practitioner.objects.create(
        resource=resource, family_name="Nguyen", given_name="Minh", specialty="MG"
    )
    kind = VisitType.objects.create(code="CS", label="Consultation")
    VisitTypeOffer.objects.create(visit_type=kind, practitioner=nguyen, minutes=20)
    url = give(manager, PATIENTS).url
    manager.post(url, fields_of(manager.get(url)))
    manager.post(f"{url}importer/")

    url = give(manager, AGENDA, kind="agenda").url
    trial = manager.post(url, fields_of(manager.get(url)), follow=True)
    assert "praticien «\xa0Dr N.\xa0»" in words_of(trial)
    meaning = {"what-0": "praticiens", "name-0": "Dr N.", "meaning-0": str(nguyen.pk)}
    trial = manager.post(f"{url}essai/", meaning, follow=True)
    assert "motif «\xa0Tisane\xa0»" in words_of(trial)
    meaning = {"what-0": "motifs", "name-0": "Tisane", "meaning-0": str(kind.pk)}
    trial = manager.post(f"{url}essai/", meaning, follow=True)
    assert "en même temps qu’un autre rendez-vous" in words_of(trial)
    assert not Appointment.objects.exists()
    manager.post(f"{url}importer/")
    rows = Appointment.objects.order_by("start").values_list("squeeze_in", flat=True)
    assert list(rows) == [False, True]


def test_two_hundred_megabytes_are_refused_before_django_keeps_them():
    """At the door of the server: what arrives is thrown away, the answer is a page in French."""
    reached, sent = [], []

    async def django(scope, receive, send):
        reached.append(scope)

    chunks = iter([b"x" * 1024] * 3)

    async def receive():
        chunk = next(chunks, None)
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    async def send(message):
        sent.append(message)

    def call(length):
        scope = {"type": "http", "headers": [(b"content-length", str(length).encode())]}
        asyncio.run(limited(django)(scope, receive, send))

    call(200 * 1024 * 1024)
    assert reached == []
    assert sent[0]["status"] == 413
    assert "Ce fichier est trop gros" in sent[1]["body"].decode()
    assert next(chunks, None) is None
    call(1024)
    assert len(reached) == 1
