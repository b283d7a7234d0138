from django.urls import URLPattern, URLResolver, include, path

from unisson.screens.secretary import counter

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("unisson.screens.secretary.desk_urls")),
    path("accueil/sans-rendez-vous/", counter.walk_in, name="walk-in"),
    path("ordre/", include("unisson.screens.secretary.orders.urls")),
    path("importer/", include("unisson.screens.secretary.imports_urls")),
    path("patients/", include("unisson.screens.secretary.patients_urls")),
]
