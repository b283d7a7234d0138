"""The addresses of the pages that take over another program's data, under /importer/."""

from django.urls import path

from unisson.screens.secretary import imports

urlpatterns = [
    path("", imports.give, name="imports"),
    path("<str:token>/", imports.columns, name="import-columns"),
    path("<str:token>/essai/", imports.trial, name="import-trial"),
    path("<str:token>/essai.csv", imports.trial_lines, name="import-trial-lines"),
    path("<str:token>/importer/", imports.apply, name="import-apply"),
    path("<str:token>/abandonner/", imports.drop, name="import-drop"),
]
