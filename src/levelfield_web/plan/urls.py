"""Addresses of plans."""

from django.urls import path

from levelfield_web.parts.answers import answer_paths
from levelfield_web.plan import views

app_name = "plan"

urlpatterns = [
    *answer_paths("plans/<str:case_id>", views.plan, name="plan"),
    path("plans/<str:case_id>/add/", views.add, name="add"),
    path("plans/<str:case_id>/move/", views.move, name="move"),
    path("plans/<str:case_id>/promises/<str:promise_id>/strike/", views.strike, name="strike"),
    path("plans/<str:case_id>/promises/<str:promise_id>/overrule/", views.overrule, name="overrule"),
]
