"""The addresses of the patient's pages, under /patients/."""

from django.urls import path

from unisson.screens.secretary import patients_around as around
from unisson.screens.secretary import patients_check as check
from unisson.screens.secretary import patients_coverage as coverage
from unisson.screens.secretary import patients_duplicates as duplicates
from unisson.screens.secretary import patients_edit as edit
from unisson.screens.secretary import patients_new as new
from unisson.screens.secretary import patients_page as page
from unisson.screens.secretary import patients_places as places
from unisson.screens.secretary import patients_search as search

ONE = "<int:patient_id>/"

urlpatterns = [
    path("recherche/", search.search, name="patient-search"),
    path("nouveau/", new.new, name="patient-new"),
    path("nouveau/traits/", new.new_traits, name="patient-new-traits"),
    path("nouveau/date/", new.birth_date_words, name="patient-date"),
    path("lieux/", places.suggest, name="patient-places"),
    path("lieux/remarques/", places.remarks, name="patient-place-remarks"),
    path(ONE, page.patient, name="patient"),
    path(f"{ONE}matricule/", page.matricule, name="patient-matricule"),
    path(f"{ONE}rendez-vous/", page.all_appointments, name="patient-appointments"),
    path(f"{ONE}historique/", page.history, name="patient-history"),
    path(f"{ONE}lectures/", page.readers, name="patient-readers"),
    path(f"{ONE}identite/", edit.identity, name="patient-identity"),
    path(f"{ONE}contacts/", edit.contacts, name="patient-contacts"),
    path(f"{ONE}telephones/", edit.add_telephone, name="patient-telephones"),
    path(f"{ONE}telephones/<int:telephone_id>/", edit.telephone, name="patient-telephone"),
    path(f"{ONE}accords/", edit.wishes, name="patient-wishes"),
    path(f"{ONE}medecin/", edit.treating, name="patient-treating"),
    path(f"{ONE}deces/", edit.deceased, name="patient-deceased"),
    path(f"{ONE}entourage/", around.related, name="patient-related"),
    path(f"{ONE}entourage/<int:related_id>/", around.related_one, name="patient-related-one"),
    path(f"{ONE}accueil/", around.notes, name="patient-notes"),
    path(f"{ONE}accueil/<int:note_id>/retirer/", around.remove_note, name="patient-note-remove"),
    path(f"{ONE}couverture/", coverage.coverage, name="patient-coverage"),
    path(f"{ONE}couverture/<int:coverage_id>/", coverage.coverage_one, name="patient-coverage-one"),
    path(
        f"{ONE}couverture/<int:coverage_id>/verifiee/",
        coverage.coverage_checked,
        name="patient-coverage-checked",
    ),
    path(f"{ONE}controle/", check.check, name="patient-check"),
    path(f"{ONE}controle/piece/", check.document, name="patient-document"),
    path(f"{ONE}controle/ins/", check.matricule, name="patient-ins"),
    path(f"{ONE}controle/mentions/", check.flags, name="patient-flags"),
    path("doublons/", duplicates.duplicates, name="patient-duplicates"),
    path(f"{ONE}comparer/", duplicates.compare, name="patient-compare"),
    path(f"{ONE}deux-personnes/", duplicates.two_people, name="patient-two-people"),
    path(f"{ONE}fusionner/", duplicates.propose_merge, name="patient-propose-merge"),
    path("fusions/<int:proposal_id>/", duplicates.merge, name="patient-merge"),
    path(
        "fusions/<int:proposal_id>/confirmer/",
        duplicates.confirm_merge,
        name="patient-confirm-merge",
    ),
    path(
        "fusions/<int:proposal_id>/abandonner/",
        duplicates.withdraw_merge,
        name="patient-withdraw-merge",
    ),
    path("fusions/faite/<int:merge_id>/annuler/", duplicates.undo_merge, name="patient-undo-merge"),
]
