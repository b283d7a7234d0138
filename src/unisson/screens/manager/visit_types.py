"""What one comes for: the visit types, who takes each, how long, with which room or machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unisson.agenda import actions
from unisson.agenda.models import VisitType, VisitTypeNeed, VisitTypeOffer
from unisson.core.access import page
from unisson.core.errors import Refusal
from unisson.practice.models import Practitioner, Resource
from unisson.practice.specialties import SPECIALTIES, Visit, specialty_named
from unisson.screens.manager.fields import Minutes, Ticks, whole
from unisson.screens.manager.frame import Sent, actor, asked, done, show, tried

SECTION = "settings-visit-types"
VERB = "agenda.configure"
DAY, HOUR = 1440, 60  # minutes
NOTICES = [
    ("0", "aucun"),
    (str(HOUR), "une heure"),
    (str(4 * HOUR), "quatre heures"),
    (str(12 * HOUR), "douze heures"),
    (str(DAY), "un jour"),
    (str(2 * DAY), "deux jours"),
    (str(7 * DAY), "une semaine"),
]
HORIZONS = [
    ("", "aussi loin que les horaires"),
    ("30", "un mois"),
    ("60", "deux mois"),
    ("90", "trois mois"),
    ("120", "quatre mois"),
    ("180", "six mois"),
    ("365", "un an"),
]
SPARE_NEEDS = 2  # empty lines for the needs of a type that has none: a room and a machine


class VisitTypeForm(Sent):
    """The type itself, then a line a practitioner, then what else it takes."""

    code = forms.CharField(label="Code", max_length=12, help_text="Tapé à la ligne d’ordre : CS.")
    label = forms.CharField(label="Nom", max_length=60)
    audience = forms.ChoiceField(label="Pour qui", choices=VisitType.Audience.choices)
    notice_minutes = forms.ChoiceField(label="Délai avant le rendez-vous", choices=NOTICES)
    horizon_days = forms.ChoiceField(label="Ouvert jusqu’à", choices=HORIZONS, required=False)
    online = forms.BooleanField(label="Peut être pris en ligne", required=False)
    remote = forms.BooleanField(label="À distance (téléconsultation)", required=False)
    patient_instructions = forms.CharField(
        label="À dire au patient", required=False, widget=forms.Textarea({"rows": 2})
    )
    staff_instructions = forms.CharField(
        label="À savoir en donnant le rendez-vous", required=False,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Sequence[Practitioner],
                 needs: Sequence[VisitTypeNeed], **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.people, self.needs = people, needs
        things = whole(
            list(
                Resource.objects.filter(active=True, practitioner__isnull=True).values_list(
                    "pk", "name"
                )
            )
        )
        for person in people:
            for what, label in (("minutes", "Durée"), ("before", "avant"), ("after", "après")):
                self.fields[f"{what}_{person.pk}"] = Minutes(
                    label.capitalize(),
                    label=f"{label}, {person.resource.name}",
                    required=False,
                    least=1 if what == "minutes" else 0,
                    most=720 if what == "minutes" else 240,
                )
        self.need_keys = [str(need.pk) for need in needs]
        if things:
            spare = 1 if needs else SPARE_NEEDS
            self.need_keys += [f"new{number}" for number in range(spare)]
        for place, key in enumerate(self.need_keys, 1):
            self.fields[f"need_{key}"] = Ticks(
                label=f"Besoin {place}", choices=things, required=False
            )
        self._known("notice_minutes", "min")
        self._known("horizon_days", "jours")

    def _known(self, name: str, unit: str) -> None:
        """A value set elsewhere stays a choice."""
        value = str(self.initial.get(name) or "")
        choices = self.fields[name].choices  # type: ignore[attr-defined]
        if value and value not in dict(choices):
            self.fields[name].choices = [*choices, (value, f"{value} {unit}")]  # type: ignore[attr-defined]

    @property
    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields]

    @property
    def offers(self) -> list[tuple[str, list[forms.BoundField]]]:
        """A line a practitioner: her name, then length, before and after."""
        return [
            (p.resource.name, [self[f"{what}_{p.pk}"] for what in ("minutes", "before", "after")])
            for p in self.people
        ]

    @property
    def need_fields(self) -> list[forms.BoundField]:
        return [self[f"need_{key}"] for key in self.need_keys]

    @property
    def settings(self) -> dict[str, Any]:
        sent = self.cleaned_data
        plain = ("label", "audience", "online", "remote", "patient_instructions",
                 "staff_instructions")  # fmt: skip
        return {
            **{key: sent[key] for key in plain},
            "code": sent["code"].upper(),
            "notice_minutes": int(sent["notice_minutes"]),
            "horizon_days": int(sent["horizon_days"]) if sent["horizon_days"] else None,
        }


@page(VERB)
@require_GET
def visit_types(request: HttpRequest) -> HttpResponse:
    """All of them, with who takes each, and the ready-made ones not here yet."""
    types = VisitType.objects.order_by("-active", "order", "id").prefetch_related(
        "offers__practitioner__resource", "needs__options"
    )
    return show(
        request,
        "visit_types.html",
        SECTION,
        {
            "types": [(one, _takers(one), _needs(one)) for one in types],
            "ready": [(s, left) for s in SPECIALTIES if (left := _not_here(s.visits))],
        },
    )


def _takers(visit_type: VisitType) -> str:
    takers = [one for one in visit_type.offers.all() if one.active]
    return ", ".join(f"{one.practitioner.resource.name} {one.minutes} min" for one in takers)


def _needs(visit_type: VisitType) -> str:
    return ", ".join(
        " ou ".join(option.name for option in need.options.all()) for need in visit_type.needs.all()
    )


def _not_here(visits: Sequence[Visit]) -> list[Visit]:
    here = set(VisitType.objects.values_list("code", flat=True))
    return [visit for visit in visits if visit.code not in here]


@page(VERB)
@require_http_methods(["GET", "POST"])
def visit_type(request: HttpRequest, visit_type_id: int | None = None) -> HttpResponse:
    """One visit type, its practitioners and its needs, on one page."""
    there = get_object_or_404(VisitType, pk=visit_type_id) if visit_type_id else None
    people = list(Practitioner.objects.filter(resource__active=True).select_related("resource"))
    needs = list(there.needs.prefetch_related("options")) if there else []
    form = VisitTypeForm(
        request.POST or None, people=people, needs=needs, initial=_initial(there, needs)
    )
    if request.method == "POST" and tried(form, lambda: _save(request, form, there)):
        return done(request, f"{form.cleaned_data['label']} : enregistré.", SECTION)
    context = {"form": form, "there": there, "title": there.label if there else "Nouveau motif"}
    return show(request, "visit_type.html", SECTION, context, status=422 if form.wrong else 200)


def _initial(there: VisitType | None, needs: list[VisitTypeNeed]) -> dict[str, Any]:
    if there is None:
        return {"notice_minutes": str(HOUR)}
    found: dict[str, Any] = {
        name: getattr(there, name) for name in VisitTypeForm.base_fields if hasattr(there, name)
    }
    found["notice_minutes"] = str(there.notice_minutes)
    found["horizon_days"] = str(there.horizon_days or "")
    for offer in there.offers.filter(active=True):
        for what in ("minutes", "before", "after"):
            value = getattr(offer, what)
            found[f"{what}_{offer.practitioner_id}"] = value if value or what == "minutes" else ""
    for need in needs:
        found[f"need_{need.pk}"] = [str(option.pk) for option in need.options.all()]
    return found


def _save(request: HttpRequest, form: VisitTypeForm, there: VisitType | None) -> None:
    """Each part through its own act; what did not change is not written again."""
    by, sent = actor(request), form.cleaned_data
    if there is None:
        made = actions.create_visit_type(
            by=by, request_id=form.act_id("type"), order=VisitType.objects.count(), **form.settings
        )
        key = made.object_id or 0
    else:
        key = there.pk
        actions.change_visit_type(
            visit_type_id=key, by=by, request_id=form.act_id("type"), **form.settings
        )
    offers = {one.practitioner_id: one for one in VisitTypeOffer.objects.filter(visit_type_id=key)}
    for person in form.people:
        _save_offer(form, key, person, offers.get(person.pk), by)
    for need in form.need_keys:
        wanted = [int(one) for one in sent[f"need_{need}"]]
        old = next((one for one in form.needs if str(one.pk) == need), None)
        before = sorted(option.pk for option in old.options.all()) if old else []
        if sorted(wanted) != before:
            names = Resource.objects.filter(pk__in=wanted).values_list("name", flat=True)
            actions.set_need(
                visit_type_id=key,
                need_id=old.pk if old else None,
                label=" ou ".join(names)[:60],
                resource_ids=wanted,
                by=by,
                request_id=form.act_id(f"need {need}"),
            )


def _save_offer(form: VisitTypeForm, key: int, person: Practitioner,
                old: VisitTypeOffer | None, by: Any) -> None:  # fmt: skip
    sent = form.cleaned_data
    minutes = sent[f"minutes_{person.pk}"]
    before, after = sent[f"before_{person.pk}"] or 0, sent[f"after_{person.pk}"] or 0
    if minutes is None and (before or after):
        raise Refusal(f"Il manque la durée chez {person.resource.name}.",
                      field=f"minutes_{person.pk}")  # fmt: skip
    taken = old is not None and old.active
    if minutes is None and not taken:
        return
    if old and taken and (minutes, before, after) == (old.minutes, old.before, old.after):
        return
    actions.set_offer(
        visit_type_id=key,
        practitioner_id=person.pk,
        minutes=minutes or (old.minutes if old else 1),
        before=before,
        after=after,
        online=sent["online"],
        active=minutes is not None,
        by=by,
        request_id=form.act_id(f"offer {person.pk}"),
    )


@page(VERB)
@require_POST
def visit_type_in_use(request: HttpRequest, visit_type_id: int) -> HttpResponse:
    """Retire a type, or take it back; what is booked stays booked."""
    there = get_object_or_404(VisitType, pk=visit_type_id)
    active = request.POST.get("active") == "1"
    form = Sent(request.POST)
    form.is_valid()
    return asked(
        request,
        lambda: actions.change_visit_type(
            visit_type_id=there.pk, active=active, by=actor(request), request_id=form.act_id("use")
        ),
        f"{there.label} : {'de nouveau proposé' if active else 'retiré, ses rendez-vous restent'}.",
        SECTION,
    )


@page(VERB)
@require_POST
def visit_types_ready(request: HttpRequest) -> HttpResponse:
    """Add the ticked ready-made types, taken by the practitioners of that specialty."""
    wanted = set(request.POST.getlist("codes"))
    form = Sent(request.POST)
    form.is_valid()
    by = actor(request)

    def act() -> None:
        people = list(Practitioner.objects.filter(resource__active=True))
        ready = {v.code: v for s in SPECIALTIES for v in _not_here(s.visits) if v.code in wanted}
        if not ready:
            raise Refusal("Cochez au moins un motif. Rien n’a été ajouté.")
        for order, visit in enumerate(ready.values(), VisitType.objects.count()):
            made = actions.create_visit_type(
                code=visit.code,
                label=visit.label,
                colour=visit.colour,
                audience=visit.audience,
                remote=visit.remote,
                online=visit.online,
                notice_minutes=visit.notice_minutes,
                patient_instructions=visit.to_patient,
                staff_instructions=visit.to_staff,
                order=order,
                by=by,
                request_id=form.act_id(visit.code),
            )
            for person in people:
                specialty = specialty_named(person.specialty)
                if specialty and visit in specialty.visits:
                    actions.set_offer(
                        visit_type_id=made.object_id or 0,
                        practitioner_id=person.pk,
                        minutes=visit.minutes,
                        online=visit.online,
                        by=by,
                        request_id=form.act_id(f"{visit.code} {person.pk}"),
                    )

    return asked(request, act, "Motifs ajoutés : vérifiez les durées.", SECTION)
