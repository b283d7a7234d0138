from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("patients/", include("unisson.screens.secretary.patients_urls")),
]
