"""Addresses of signals and of comparisons."""

from django.urls import path

from levelfield_web.parts.answers import answer_paths
from levelfield_web.signals import comparing, views

app_name = "signals"

urlpatterns = [
    *answer_paths("signals", views.signals, name="signals"),
    path("verdicts/", views.method, name="method"),
    *answer_paths("comparison", comparing.comparison, name="comparison"),
    *answer_paths("signals/<str:signal_id>", views.signal, name="signal"),
    path("signals/<str:signal_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("signals/<str:signal_id>/set-aside/", views.suppress, name="suppress"),
    path("signals/<str:signal_id>/take-up/", views.resume, name="resume"),
    path("signals/<str:signal_id>/close/", views.close, name="close"),
]
