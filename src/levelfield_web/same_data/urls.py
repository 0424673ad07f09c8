"""Addresses of deliveries and publications."""

from django.urls import path

from levelfield_web.parts.answers import answer_paths
from levelfield_web.same_data import views

app_name = "same_data"

urlpatterns = [
    *answer_paths("data", views.data, name="data"),
    path("data/deliver/", views.deliver, name="deliver"),
    *answer_paths("data/deliveries/<slug:delivery_id>", views.delivery, name="delivery"),
    path("data/deliveries/<slug:delivery_id>/publish/", views.publish, name="publish"),
    path("data/deliveries/<slug:delivery_id>/withdraw/", views.withdraw, name="withdraw"),
    path("data/deliveries/<slug:delivery_id>/kept-out.csv", views.quarantine, name="quarantine"),
    *answer_paths("data/publications/<str:partner>/<slug:publication_id>", views.publication, name="publication"),
    path("data/publications/<str:partner>/<slug:publication_id>/seen/", views.acknowledge, name="acknowledge"),
    path("data/publications/<str:partner>/<slug:publication_id>/export.zip", views.download, name="download"),
]
