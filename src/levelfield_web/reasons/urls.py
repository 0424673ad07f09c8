"""Addresses of the charter."""

from django.urls import path

from levelfield_web.parts.answers import answer_paths
from levelfield_web.reasons import views

app_name = "reasons"

urlpatterns = [
    *answer_paths("reasons", views.charters, name="charters"),
    *answer_paths("reasons/<str:partner>", views.charter, name="charter"),
    path("reasons/<str:partner>/add/", views.add, name="add"),
    path("reasons/<str:partner>/weigh/", views.weigh, name="weigh"),
    path("reasons/<str:partner>/survey/", views.survey, name="survey"),
    path("reasons/<str:partner>/sponsors/name/", views.name_sponsor, name="name_sponsor"),
    path("reasons/<str:partner>/sponsors/<str:sponsor_id>/leaves/", views.leaves, name="leaves"),
    path("reasons/<str:partner>/sponsors/<str:sponsor_id>/buy-in/", views.buy_in, name="buy_in"),
    path("reasons/<str:partner>/reasons/<str:reason_id>/withdraw/", views.withdraw, name="withdraw"),
    path("reasons/<str:partner>/reasons/<str:reason_id>/baseline/", views.baseline, name="baseline"),
]
