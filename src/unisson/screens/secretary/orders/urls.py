"""The address of the line of orders."""

from django.urls import path

from unisson.screens.secretary.orders import views

urlpatterns = [path("", views.order, name="order")]
