"""Quick search among 1,000,000 patients, through real HTTP.

    python -m benchmarks.patient_search [--data FOLDER] [--patients N] [--quick]

Builds a fictitious practice once (kept in FOLDER for the next time: about 5
minutes and 1.5 GB on SQLite), starts the server on a loopback port and asks
what secretaries ask, one search after another on one connection: whole names,
three letters, name and birth date, telephone, file number, each key of a name
as it is typed, and names misheard. DATABASE_URL chooses PostgreSQL: give it an
empty database of its own.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, batched
from pathlib import Path

PORT = 8101
SEED = 20261124
TODAY = date(2026, 11, 24)
PHRASE = re.compile(r'data-phrase="([^"]+)"')


def words(text: str) -> list[str]:
    """The words of a list."""
    return text.split()


# The commonest names, in order; ranks give their share (a Zipf law close to INSEE's).
NAMES = words("""
MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFEBVRE
LEROY ROUX DAVID BERTRAND MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU VINCENT
MULLER LEFEVRE FAURE ANDRE MERCIER BLANC GUERIN BOYER GARNIER CHEVALIER FRANCOIS LEGRAND
GAUTHIER GARCIA PERRIN ROBIN CLEMENT MORIN NICOLAS HENRY ROUSSEL MATHIEU GAUTIER MASSON MARCHAND
DUVAL DENIS DUMONT MARIE LEMAIRE NOEL MEYER DUFOUR MEUNIER BRUN BLANCHARD GIRAUD JOLY RIVIERE
LUCAS BRUNET GAILLARD BARBIER ARNAUD MARTINEZ GERARD ROCHE RENARD SCHMITT ROY LEROUX COLIN VIDAL
CARON PICARD ROGER FABRE AUBERT LEMOINE RENAUD DUMAS LACROIX OLIVIER PHILIPPE BOURGEOIS PIERRE
BENOIT REY LECLERC PAYET ROLLAND LECLERCQ GUILLAUME LECOMTE LOPEZ JEAN DUPUY GUILLOT HUBERT
BERGER CARPENTIER SANCHEZ DUPUIS MOULIN LOUIS DESCHAMPS HUET VASSEUR PEREZ BOUCHER FLEURY ROYER
KLEIN JACQUET ADAM PARIS POIRIER MARTY AUBRY GUYOT CARRE CHARLES RENAULT CHARPENTIER MENARD
MAILLARD BARON BERTIN BAILLY HERVE SCHNEIDER FERNANDEZ COLLET LEGER BOUVIER JULIEN PREVOST
MILLET PERROT DANIEL COUSIN GERMAIN BRETON BESSON LANGLOIS REMY PELLETIER LEVEQUE PERRIER
LEBLANC BARRE LEBRUN MARCHAL WEBER MALLET HAMON BOULANGER JACOB MONNIER MICHAUD RODRIGUEZ
GUICHARD GILLET ETIENNE GRONDIN POULAIN TESSIER CHEVALLIER COLLIN CHAUVIN BOUCHET GAY LEMAITRE
BENARD MARECHAL HUMBERT REYNAUD ANTOINE HOARAU PERRET BARTHELEMY CORDIER PICHON LEJEUNE GILBERT
LAMY DELAUNAY PASQUIER CARLIER LAPORTE NGUYEN TRAN PHAM DIALLO TRAORE BENALI KACI HADDAD BENAMAR
DA-SILVA DOS-SANTOS FERREIRA PEREIRA LE-GOFF LE-ROUX LE-GALL DE-LA-TOUR D'ANGELO VAN-DEN-BERG
SAINT-MARTIN COSTA OLIVEIRA KHELIFI
""")
FIRST_NAMES = {
    "F": words("""
MARIE JEANNE FRANCOISE MONIQUE CATHERINE NATHALIE ISABELLE JACQUELINE SYLVIE ANNE MARTINE SOPHIE
CELINE CHRISTINE VALERIE SANDRINE VERONIQUE STEPHANIE NICOLE CHANTAL PATRICIA JULIE AURELIE
LAURENCE CHRISTIANE EMMA LEA MANON CAMILLE CHLOE SARAH LUCIE INES LOUISE JADE ALICE LINA ROSE
ANNA MILA HELENE CLAIRE MARGAUX PAULINE MATHILDE ELODIE MARION CLARA ZOE LENA EVA ANNE-MARIE
MARIE-CLAIRE MARIE-FRANCE FATIMA NADIA KARIMA AICHA SOFIA MARIA
"""),
    "M": words("""
JEAN PIERRE MICHEL ANDRE PHILIPPE ALAIN BERNARD JACQUES DANIEL NICOLAS PATRICK CHRISTOPHE
CHRISTIAN FREDERIC STEPHANE LAURENT OLIVIER DAVID SEBASTIEN PASCAL ERIC JULIEN THOMAS ALEXANDRE
MAXIME ANTOINE HUGO LUCAS LEO GABRIEL LOUIS RAPHAEL ARTHUR JULES NATHAN ENZO ADAM ETHAN PAUL
THEO MATHIS CLEMENT ROMAIN KEVIN QUENTIN VINCENT GUILLAUME FRANCOIS HENRI JEAN-PIERRE JEAN-
CLAUDE JEAN-MARIE MOHAMED AHMED KARIM YOUSSEF MEHDI JOSE ANTONIO MANUEL
"""),
}
HEADS = words("""
MAR MON BER DU LA LE ROU BAR CAR GAR PEL VER FOR GUI BOU CHA DE FRE GRE HAR JOU LAM MAL NAU PAS
POI QUE RI SAU TAR VAL BEN KHA ZE OU HA MO
""")
MIDDLES = words("""
TI NE LO RI VE BA CHA DE GE LI MA NI PE QUE RO SE TE VIL ZA
""")
TAILS = words("""
ER IN EAU AUD ET ON ARD OT IER EL AT IS ANT EUX OUX ILLE ELLE INE I A EC IC OUR AULT AIN ENS
""")
COMMUNES = (
    ("49000", "Angers", "49007"),
    ("49400", "Saumur", "49328"),
    ("44000", "Nantes", "44109"),
)
PLACES = ("49007", "49328", "44109", "75112", "69383", "13205", "33063", "59350", "99352", "2A004")


def surnames(source: random.Random) -> tuple[list[str], list[float]]:
    """About 30,000 distinct names with a long tail, and their cumulated shares."""
    rare = [head + middle + tail for head in HEADS for middle in MIDDLES for tail in TAILS]
    rare += [head + tail for head in HEADS for tail in TAILS]
    rare += [
        f"{a}{b}{c}{d}" for a in HEADS[:8] for b in MIDDLES for c in MIDDLES[:4] for d in TAILS
    ]
    source.shuffle(rare)
    names = [*(name.replace("-", " ") for name in NAMES), *dict.fromkeys(rare)]
    return names, list(accumulate(1 / (rank + 25) ** 0.9 for rank in range(len(names))))


def people(count: int) -> Iterator[dict[str, object]]:
    """The same fictitious people every time. Every hundredth has a twin just after her."""
    source = random.Random(SEED)
    names, shares = surnames(source)
    firsts = {
        sex: (given, list(accumulate(1 / (rank + 12) for rank in range(len(given)))))
        for sex, given in FIRST_NAMES.items()
    }
    days = (TODAY - date(1930, 1, 1)).days
    previous: dict[str, object] = {}
    for number in range(1, count + 1):
        sex = source.choice("FM")
        given, weights = firsts[sex]
        first = source.choices(given, cum_weights=weights)[0]
        name = source.choices(names, cum_weights=shares)[0]
        born = date(1930, 1, 1) + timedelta(days=source.randrange(days))
        if number % 100 == 0:
            name, born = previous["birth_name"], previous["birth_date"]
        used = ""
        if sex == "F" and born.year < 1995 and source.random() < 0.5:
            used = source.choices(names, cum_weights=shares)[0]
        postcode, commune, code = source.choice(COMMUNES)
        previous = {
            "id": number,
            "birth_name": name,
            "birth_first_name": first,
            "birth_given_names": f"{first} {source.choice(given)}",
            "birth_date": born,
            "sex": sex,
            "birth_place_code": source.choice(PLACES),
            "used_name": used,
            "file_number": f"{number:06d}",
            "postcode": postcode,
            "commune": commune,
            "commune_code": code,
            "deceased_on": TODAY if source.random() < 0.02 else None,
            # 06 39 98 xx xx is the range reserved for fiction; it is too small for a
            # million people, so this database, which is never shown, goes beyond it.
            "phone": f"+336{source.randrange(10**8):08d}",
        }
        yield previous


def build(count: int) -> float:
    """Create the practice's tables and fill them. Seconds it took; 0 when already there."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from unisson.core import clock
    from unisson.exchange import bulk
    from unisson.patients.models import EarName, Patient, SearchKey, Telephone
    from unisson.patients.rules import search_keys
    from unisson.patients.rules.phonetic import bucket

    call_command("migrate", verbosity=0)
    if Patient.objects.count() >= count:
        return 0.0
    start = time.perf_counter()
    now = clock.now()
    keys_table = SearchKey._meta.db_table
    sounds: set[str] = set()

    def rows() -> Iterator[tuple[list[Patient], list[Telephone], list[tuple[object, ...]]]]:
        for some in batched(people(count), 5000):
            patients, telephones, keys = [], [], []
            for fields in some:
                phone = fields.pop("phone")
                patient = Patient(created_at=now, updated_at=now, **fields)
                patients.append(patient)
                telephones.append(Telephone(patient=patient, e164=phone, added_at=now))
                sounds.update(search_keys.ear_names(patient.birth_name, patient.used_name))
                keys += [
                    (key.kind, key.token, key.line, patient.pk)
                    for key in search_keys.keys(
                        birth_name=patient.birth_name,
                        used_name=patient.used_name,
                        birth_first_name=patient.birth_first_name,
                        used_first_name="",
                        birth_given_names=patient.birth_given_names,
                        birth_date=patient.birth_date,
                        numbers=[patient.file_number],
                        phones=[phone],
                    )
                ]
            yield patients, telephones, keys

    columns = "(kind, token, line, patient_id)"
    with transaction.atomic(), connection.cursor() as cursor:
        # Keys go through a heap first: a sorted insert fills the index in one pass.
        cursor.execute(
            "CREATE TEMPORARY TABLE heap (kind text, token text, line text, patient_id bigint)"
        )
        for patients, telephones, keys in rows():
            bulk.insert(patients)
            bulk.insert(telephones)
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY heap {columns} FROM STDIN") as copy:
                    for row in keys:
                        copy.write_row(row)
            else:
                cursor.executemany(f"INSERT INTO heap {columns} VALUES (%s, %s, %s, %s)", keys)
        collate = ' COLLATE "C"' if connection.vendor == "postgresql" else ""
        order = f"kind{collate}, token{collate}, line{collate}, patient_id"
        cursor.execute(
            f"INSERT INTO {keys_table} {columns}"
            f" SELECT kind, token, line, patient_id FROM heap ORDER BY {order}"
        )
        cursor.execute("DROP TABLE heap")
        EarName.objects.bulk_create(
            [EarName(key=key, bucket=bucket(key)) for key in sorted(sounds)], batch_size=2000
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return time.perf_counter() - start


MISHEARD = (
    ("eau", "o"), ("au", "o"), ("ph", "f"), ("qu", "k"), ("ai", "e"), ("ei", "e"), ("ain", "in"),
    ("en", "an"), ("an", "en"), ("ch", "sh"), ("ck", "k"), ("c", "k"), ("k", "c"), ("y", "i"),
    ("i", "y"), ("ss", "s"), ("s", "ss"), ("ll", "l"), ("l", "ll"), ("tt", "t"), ("t", "tt"),
    ("th", "t"), ("ge", "je"), ("gi", "ji"), ("z", "s"), ("m", "n"), ("n", "m"), ("b", "p"),
    ("d", "t"),
)  # fmt: skip


def misheard(name: str, source: random.Random) -> str:
    """The name as somebody might write it down from the telephone: one or two changes."""
    text = name.lower()
    for _ in range(source.choice((1, 1, 2))):
        fitting = [(a, b) for a, b in MISHEARD if a in text[1:]]
        if fitting:
            a, b = source.choice(fitting)
            text = text[0] + text[1:].replace(a, b, 1)
    return text


Question = tuple[str, str, str]  # kind, text, the name meant


def questions(count: int, patients: int) -> list[Question]:
    """What is asked, the same every time, about people drawn among all."""
    from unisson.patients.models import Patient

    source = random.Random(SEED + 1)
    asked: list[Question] = []
    ids = [source.randrange(1, patients + 1) for _ in range(count)]
    people = Patient.objects.in_bulk(ids)
    for pk in ids:
        who = people[pk]
        name, first = who.used_name or who.birth_name, who.birth_first_name
        born, phone = who.birth_date, who.telephones.all()[0].e164
        meant = f"{name} {first}"
        asked += [
            ("name", name.lower(), meant),
            ("name and first name", f"{name} {first}".lower(), meant),
            ("first name and name", f"{first} {name}".lower(), meant),
            ("name and three letters", f"{name} {first[:3]}".lower(), meant),
            ("three and three letters", f"{name[:3]} {first[:3]}".lower(), meant),
            ("birth name", who.birth_name.lower(), meant),
            ("name and year", f"{name} {born:%Y}".lower(), meant),
            ("name and birth date", f"{name} {born:%d/%m/%y}".lower(), meant),
            ("birth date", f"{born:%d/%m/%Y}", meant),
            ("telephone", f"0{phone[3:]}", meant),
            ("last four digits", phone[-4:], meant),
            ("file number", who.file_number, meant),
        ]
        typed = f"{name} {first}".lower()
        asked += [("each key", typed[: end + 1], meant) for end in range(len(typed))]
        asked.append(("by ear", f"{misheard(name, source)} {misheard(first, source)}", meant))
        asked.append(("by ear", misheard(name, source), meant))
    common = (
        "mar du le la de ma m j a martin marie jean ber mart mar.je je.ma du.ma le.mi martin.jean"
    )
    asked += [("common beginnings", text.replace(".", " "), "") for text in common.split()] * 10
    source.shuffle(asked)
    return asked


def sign_in() -> str:
    """A secretary's session made in the database; the value of its cookie."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from unisson.core import clock
    from unisson.practice.models import Practice, User

    if not Practice.objects.exists():
        Practice.objects.create(name="Cabinet du banc d’essai", created_at=clock.now())
    user, new = User.objects.get_or_create(
        username="banc", defaults={"name": "Banc d’essai", "role": "secretary"}
    )
    if new:
        user.set_unusable_password()
        user.save()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def misheard_names(count: int, patients: int) -> list[Question]:
    """Names and first names written down wrong, of people with a true French name.

    The invented names are too near one another to judge by.
    """
    from unisson.patients.models import Patient

    source = random.Random(SEED + 2)
    true = {name.replace("-", " ") for name in NAMES}
    asked: list[Question] = []
    while len(asked) < count:
        who = Patient.objects.get(pk=source.randrange(1, patients + 1))
        name, first = who.used_name or who.birth_name, who.birth_first_name
        if name in true:
            text = f"{misheard(name, source)} {misheard(first, source)}"
            asked.append(("by ear", text, f"{name} {first}"))
    return asked


def ask_server(port: int, cookie: str, asked: list[Question]) -> list[tuple[str, float, str]]:
    """Kind, milliseconds, and the page answered, for each question in turn."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": f"sessionid={cookie}", "HX-Request": "true"}
    answers = []
    for kind, text, _ in asked:
        path = f"/patients/recherche/?{urllib.parse.urlencode({'q': text})}"
        start = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        took = (time.perf_counter() - start) * 1000
        if response.status != 200:
            raise SystemExit(f"{response.status} for {text!r}: {body[:200]!r}")
        answers.append((kind, took, body.decode()))
    return answers


def start_server(port: int, data: Path) -> subprocess.Popen[bytes]:
    """`unisson serve` on that port, answering."""
    command = [sys.executable, "-c", "from unisson.cli import main; main()"]
    command += ["serve", "--data", str(data), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/connexion/")
        except OSError:
            if server.poll() is not None:
                raise SystemExit("the server did not start") from None
            time.sleep(0.1)
        else:
            return server
    raise SystemExit("the server does not answer")


def processor_seconds(pid: int) -> float:
    """Processor time a process and its children have used; 0 where /proc does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(processor_seconds, children))


def say(figure: str, value: float, unit: str, target: str = "") -> None:
    """One figure, one line."""
    print(json.dumps({"figure": figure, "value": round(value, 1), "unit": unit, "target": target}))


def spread(times: list[float]) -> tuple[float, float, float]:
    """Median, 95th and 99th percentile."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def report(patients: int, answers: list[tuple[str, float, str]]) -> None:
    """The figures of the README, then the same kind by kind."""
    where = f"{patients:,} patients, over HTTP"
    read = [took for kind, took, _ in answers if kind != "by ear"]
    heard = [took for kind, took, _ in answers if kind == "by ear"]
    for name, times, target in (("patient search", read, 50), ("by ear", heard, 100)):
        p50, p95, p99 = spread(times)
        say(f"{name}, {where}, p95", p95, "ms", f"<= {target}")
        say(f"{name}, {where}, p50", p50, "ms")
        say(f"{name}, {where}, p99", p99, "ms")
    kinds = sorted({kind for kind, _, _ in answers})
    for kind in kinds:
        say(f"{kind}, p95", spread([took for k, took, _ in answers if k == kind])[1], "ms")


def report_hearing(asked: list[Question], answers: list[tuple[str, float, str]]) -> None:
    """How often the name and first name meant are among the first answers."""
    from unisson.patients.rules.folding import fold

    for count in (1, 5, 12):
        right = sum(
            any(set(fold(meant).split()) <= set(fold(each).split()) for each in shown[:count])
            for (_, _, meant), (_, _, page) in zip(asked, answers, strict=True)
            if (shown := PHRASE.findall(page))
        )
        figure = f"misheard name and first name, right ones in the first {count}"
        say(figure, 100 * right / len(asked), "%")


def main() -> None:
    """Build, serve, ask, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "unisson-bench")
    parser.add_argument("--patients", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="20,000 patients")
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args()
    patients = 20_000 if options.quick else options.patients
    data = options.data / f"patients-{patients}"
    data.mkdir(parents=True, exist_ok=True)
    os.environ["UNISSON_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")

    import django

    django.setup()
    took = build(patients)
    if took:
        say(f"building {patients:,} patients", took, "s")
    cookie = sign_in()
    asked = questions(20 if options.quick else 60, patients)
    heard = misheard_names(100 if options.quick else 300, patients)
    server = start_server(options.port, data)
    try:
        ask_server(options.port, cookie, asked[:100])
        before = processor_seconds(server.pid)
        answers = ask_server(options.port, cookie, asked)
        used = processor_seconds(server.pid) - before
        report(patients, answers)
        report_hearing(heard, ask_server(options.port, cookie, heard))
        if used:
            say("processor time of the server, a search", 1000 * used / len(asked), "ms")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


if __name__ == "__main__":
    main()
