"""Signing in, locking, the first-run pages."""

from django.urls import URLPattern, URLResolver, path

from unisson.screens.session import views
from unisson.screens.session.first_run import views as first_run

urlpatterns: list[URLPattern | URLResolver] = [
    path("connexion/", views.sign_in, name="sign-in"),
    path("connexion/essai/", views.try_out, name="try-out"),
    path("deconnexion/", views.sign_out, name="sign-out"),
    path("verrouiller/", views.lock, name="lock"),
    path("verrou/", views.unlock, name="unlock"),
    path("presence/", views.stay, name="stay"),
    path("premiere-fois/", first_run.first_run, name="first-run"),
    path("premiere-fois/<slug:slug>/", first_run.step, name="first-run-step"),
    path("mon-compte/", views.account, name="account"),
    path("mon-compte/mot-de-passe/", views.change_password, name="change-password"),
    path("mon-compte/code/", views.change_code, name="change-code"),
]
