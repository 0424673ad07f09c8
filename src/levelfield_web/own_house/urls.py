"""Addresses of the own house."""

from django.urls import path

from levelfield_web.own_house import views
from levelfield_web.parts.answers import answer_paths

app_name = "own_house"

urlpatterns = [
    *answer_paths("own-house", views.houses, name="houses"),
    *answer_paths("own-house/<str:partner>", views.own_house, name="house"),
    *answer_paths("reasons/<str:partner>/standing", views.reasons_standing, name="reasons_standing"),
    path("own-house/<str:partner>/ask/", views.ask, name="ask"),
    path("own-house/<str:partner>/announce/", views.announce, name="announce"),
    path("own-house/<str:partner>/requests/<str:request_id>/answer/", views.answer_request, name="answer_request"),
    path("own-house/<str:partner>/duties/<slug:duty>/say/", views.say, name="say"),
]
