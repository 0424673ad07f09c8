"""Addresses of agreements."""

from django.urls import path

from levelfield_web.agreement import views
from levelfield_web.parts.answers import answer_paths

app_name = "agreement"

urlpatterns = [
    *answer_paths("agreements", views.agreements, name="agreements"),
    path("agreements/add/", views.add, name="add"),
    *answer_paths("agreements/<str:partner>/<int:version>", views.agreement, name="agreement"),
    path("agreements/<str:partner>/<int:version>/agreement.toml", views.source, name="source"),
    path("agreements/<str:partner>/<int:version>/accept/", views.accept, name="accept"),
]
