"""Addresses of statements, the ledger, trials, locks and excused events."""

from django.urls import path

from levelfield_web.parts.answers import answer_paths
from levelfield_web.settlement import views

app_name = "settlement"

urlpatterns = [
    *answer_paths("statements", views.statements, name="statements"),
    *answer_paths("statements/<str:partner>", views.months, name="months"),
    *answer_paths("statements/<str:partner>/<str:month>", views.statement, name="statement"),
    path("statements/<str:partner>/<str:month>/statement.json", views.canonical_bytes, name="canonical"),
    path("statements/<str:partner>/<str:month>/moves.json", views.moves, name="moves"),
    path("statements/<str:partner>/<str:month>/dispute/", views.raise_dispute, name="raise_dispute"),
    path("statements/<str:partner>/<str:month>/answer/", views.answer_dispute, name="answer_dispute"),
    *answer_paths("ledger/<str:partner>", views.account_book, name="ledger"),
    *answer_paths("what-if/<str:partner>", views.what_if, name="what_if"),
    *answer_paths("forecast-locks/<str:partner>", views.locks, name="locks"),
    path("forecast-locks/<str:partner>/lock/", views.lock, name="lock"),
    path("forecast-locks/<str:partner>/acknowledge/", views.acknowledge_lock, name="acknowledge_lock"),
    *answer_paths("excused/<str:partner>", views.excused, name="excused"),
    path("excused/<str:partner>/claim/", views.claim, name="claim"),
    path("excused/<str:partner>/<str:claim_id>/answer/", views.answer_claim, name="answer_claim"),
]
