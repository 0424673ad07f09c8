"""Addresses of circumstances."""

from django.urls import path

from levelfield_web.parts.answers import answer_paths
from levelfield_web.scenarios import views

app_name = "scenarios"

urlpatterns = [
    *answer_paths("circumstances/<str:partner>", views.circumstances, name="circumstances"),
    path("circumstances/<str:partner>/file/", views.file, name="file"),
    path("circumstances/<str:partner>/<str:circumstance_id>/withdraw/", views.withdraw, name="withdraw"),
]
