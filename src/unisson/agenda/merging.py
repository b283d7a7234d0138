"""When two files of one patient become one, her appointments follow, and come back."""

from __future__ import annotations

from django.db.models import F

from unisson.agenda.models import Appointment


class AppointmentMover:
    """Moves appointments, whatever their state.

    Their version goes on: an act done before the merge can no longer be undone
    by itself, since it knew another file.
    """

    name = "appointments"

    def move(self, absorbed_id: int, kept_id: int) -> list[int]:
        moved = list(
            Appointment.objects.filter(patient_id=absorbed_id)
            .order_by("id")
            .values_list("id", flat=True)
        )
        self._give(moved, absorbed_id, kept_id)
        return moved

    def undo(self, moved: list[int], absorbed_id: int, kept_id: int) -> None:
        self._give(moved, kept_id, absorbed_id)

    def _give(self, moved: list[int], giver_id: int, taker_id: int) -> None:
        Appointment.objects.filter(id__in=moved, patient_id=giver_id).update(
            patient_id=taker_id, version=F("version") + 1
        )
