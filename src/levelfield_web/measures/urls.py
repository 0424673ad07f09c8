"""Addresses of scorecards, measures, values and the lab."""

from django.urls import path

from levelfield_web.measures import views
from levelfield_web.parts.answers import answer_paths

app_name = "measures"

urlpatterns = [
    *answer_paths("partners", views.partners, name="partners"),
    *answer_paths("partners/<str:partner>", views.partner, name="partner"),
    *answer_paths("partners/<str:partner>/measures/<slug:measure>", views.measure, name="measure"),
    path("partners/<str:partner>/measures/<slug:measure>/rebase/", views.rebase, name="rebase"),
    *answer_paths("partners/<str:partner>/measures/<slug:measure>/value", views.value, name="value"),
    *answer_paths("lab", views.lab, name="lab"),
]
