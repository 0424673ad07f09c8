"""Addresses of check-ins, track records and calendars."""

from django.urls import path

from levelfield_web.check_ins import views
from levelfield_web.parts.answers import answer_paths

app_name = "check_ins"

urlpatterns = [
    *answer_paths("check-ins/<str:case_id>", views.check_ins, name="check_ins"),
    path("check-ins/<str:case_id>/hold/", views.hold, name="hold"),
    path("check-ins/<str:case_id>/judge/", views.judge, name="judge"),
    path("check-ins/<str:case_id>/promises/<str:promise_id>/say/", views.say, name="say"),
    *answer_paths("promises/<str:partner>", views.record, name="record"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/<str:token>.ics", views.feed, name="feed"),
]
