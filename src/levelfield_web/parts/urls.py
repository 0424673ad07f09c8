"""Addresses of the frame itself."""

from django.urls import path

from levelfield_web.parts import views

app_name = "parts"
urlpatterns = [
    path("", views.home, name="home"),
    path("theme/", views.set_theme, name="theme"),
    path("patterns/", views.patterns, name="patterns"),
]
