"""Steps 3 and 4: when each one receives, and for what."""

from __future__ import annotations

from django.http import QueryDict

from unisson.core.errors import Refusal
from unisson.practice.models import Resource
from unisson.practice.specialties import Visit, specialty_named
from unisson.screens.session.first_run.draft import MOST_ROWS, Draft, Problems, Row, rows
from unisson.screens.session.first_run.fields import Column, Table, lines
from unisson.screens.session.first_run.steps_house import rooms_of
from unisson.screens.shared import typed

USUAL = (("0,1,2,3,4", "8:30", "12:00"), ("0,1,2,3,4", "14:00", "18:00"))
EVERYWHERE = Visit("CS", "Consultation", 20)


class Hours:
    slug, title = "horaires", "Les horaires habituels"
    lead = (
        "Une ligne par plage. Une semaine sur deux, les dates et les exceptions "
        "se règlent ensuite, dans les pages du cabinet."
    )

    def prepare(self, draft: Draft) -> None:
        """People who have no line yet start with an ordinary week."""
        served = {row["person"] for row in draft.hours}
        for place in range(len(draft.people)):
            if str(place) not in served:
                draft.hours += [
                    {"person": str(place), "days": days, "start": start, "end": end,
                     "site": draft.people[place].get("site", "")}
                    for days, start, end in USUAL
                ]  # fmt: skip

    def read(self, draft: Draft, post: QueryDict) -> None:
        found: list[Row] = []
        columns = {key: post.getlist(f"hours.{key}") for key in ("person", "start", "end", "site")}
        ticked = set(post.getlist("hours.days"))
        for place in range(min(len(columns["person"]), MOST_ROWS * 4)):
            row = {key: (column[place] if place < len(column) else "").strip()[:20]
                   for key, column in columns.items()}  # fmt: skip
            days = [str(day) for day in range(7) if f"{place}-{day}" in ticked]
            if row["start"] or row["end"]:
                found.append({**row, "days": ",".join(days)})
        source = [row for row in found if row["person"] == "0"]
        if copied := post.get("copier", ""):
            found = [row for row in found if row["person"] != copied]
            found += [{**row, "person": copied} for row in source]
        draft.hours = found

    def problems(self, draft: Draft) -> Problems:
        found: Problems = {}
        for place, row in enumerate(draft.hours):
            try:
                start = typed.hour(row["start"], field="start")
                end = typed.hour(row["end"], field="end")
                if (end.hour, end.minute) != (0, 0) and end <= start:
                    raise Refusal("La fin vient avant le début.", field="end")
                if not row["days"]:
                    raise Refusal("Cochez au moins un jour.", field="days")
            except Refusal as refusal:
                found[f"hours.{place}.{refusal.field}"] = refusal.sentence
        return found

    def tables(self, draft: Draft, problems: Problems, added: str) -> list[Table]:
        sites = draft.site_choices()
        columns = [
            Column("person", "", "hidden"),
            Column("days", "Jours", "days"),
            Column("start", "De", width="s"),
            Column("end", "À", width="s"),
            *([Column("site", "Site", "select", choices=sites)] if len(sites) > 1 else []),
        ]
        made = []
        held = list(draft.hours)
        if added.startswith("hours-"):
            held.append({"person": added.removeprefix("hours-"), "days": "0,1,2,3,4"})
        # The fields travel in the order they are drawn: person after person.
        order = 0
        for place in range(len(draft.people)):
            mine = [(n, row) for n, row in enumerate(held) if row["person"] == str(place)]
            numbers = list(range(order, order + len(mine)))
            order += len(mine)
            renamed = {
                f"hours.{number}.{key}": problems[f"hours.{n}.{key}"]
                for number, (n, _) in zip(numbers, mine, strict=True)
                for key in ("days", "start", "end")
                if f"hours.{n}.{key}" in problems
            }
            made.append(
                Table(
                    draft.person_name(place),
                    columns,
                    lines("hours", columns, [row for _, row in mine], renamed,
                          what=f"{draft.person_name(place)}, plage", places=numbers,
                          focus=added == f"hours-{place}"),
                    add=f"hours-{place}",
                    add_label="Ajouter une plage",
                    copy=str(place) if place else "",
                    copy_label=f"Les mêmes que {draft.person_name(0)}",
                )
            )  # fmt: skip
        return made


class Visits:
    slug, title = "motifs", "Les motifs de consultation"
    lead = (
        "Les listes toutes faites suivent les spécialités. Sous chaque praticien, la durée "
        "en minutes ; vide : il ne prend pas ce motif."
    )

    def prepare(self, draft: Draft) -> None:
        if draft.visits:
            return
        found: dict[str, Row] = {}
        for place, person in enumerate(draft.people):
            ready = specialty_named(person.get("specialty", ""))
            for visit in ready.visits if ready else (EVERYWHERE,):
                row = found.setdefault(
                    visit.code, {"on": "1", "code": visit.code, "label": visit.label}
                )
                row[f"m{place}"] = str(visit.minutes)
        draft.visits = list(found.values())

    def read(self, draft: Draft, post: QueryDict) -> None:
        if "modele" in post:
            draft.visits = []
            self.prepare(draft)
            return
        lengths = [f"m{place}" for place in range(len(draft.people))]
        kept = rows(post, "visits", ["code", "label", *lengths, "room", "machine"], "label")
        ticked = set(post.getlist("visits.on"))
        names = post.getlist("visits.label")
        places = [place for place, name in enumerate(names) if name.strip()]
        draft.visits = [
            {**row, "code": row["code"].upper(), "on": "1" if str(place) in ticked else ""}
            for place, row in zip(places, kept, strict=False)
        ]

    def problems(self, draft: Draft) -> Problems:
        found: Problems = {}
        seen: set[str] = set()
        for place, row in enumerate(draft.visits):
            if not row.get("on"):
                continue
            code = row.get("code", "")
            if not code or len(code) > 12 or " " in code:
                found[f"visits.{place}.code"] = "Un code court, sans espace : CS, SUIVI."
            elif code in seen:
                found[f"visits.{place}.code"] = f"Deux motifs ont le code {code}."
            seen.add(code)
            if len(row["label"]) > 60:
                found[f"visits.{place}.label"] = "Le nom du motif dépasse 60 caractères."
            lengths = [f"m{person}" for person in range(len(draft.people)) if row.get(f"m{person}")]
            for key in lengths:
                try:
                    typed.minutes(row[key], "Durée")
                except Refusal as refusal:
                    found[f"visits.{place}.{key}"] = refusal.sentence
            if not lengths:
                found[f"visits.{place}.label"] = (
                    "Personne ne prend ce motif : donnez une durée à quelqu’un, ou décochez-le."
                )
        if not any(row.get("on") for row in draft.visits):
            found["visits.0.on"] = "Gardez au moins un motif."
        return found

    def tables(self, draft: Draft, problems: Problems, added: str) -> list[Table]:
        things = rooms_of(draft)
        none = [("", "aucune")]
        rooms = [(t["name"], t["name"]) for t in things if t["kind"] == Resource.Kind.ROOM]
        machines = [(t["name"], t["name"]) for t in things if t["kind"] != Resource.Kind.ROOM]
        columns = [
            Column("on", "Gardé", "check"),
            Column("code", "Code", width="s"),
            Column("label", "Motif", width="l"),
            *(Column(f"m{place}", draft.person_name(place), width="s")
              for place in range(len(draft.people))),
            *([Column("room", "Salle prise", "select", choices=[*none, *rooms])] if rooms else []),
            *([Column("machine", "Matériel pris", "select", choices=[("", "aucun"), *machines])]
              if machines else []),
        ]  # fmt: skip
        held = [*draft.visits, {"on": "1"}] if added == "visits" else draft.visits
        return [
            Table("", columns,
                  lines("visits", columns, held, problems, what="motif", focus=added == "visits"),
                  add="visits", add_label="Ajouter un motif"),
        ]  # fmt: skip
