"""Addresses of the API."""

from django.urls import path

from levelfield_web.api.views import api

urlpatterns = [path("", api.urls)]
