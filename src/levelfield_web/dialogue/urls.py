"""Addresses of cases."""

from django.urls import path

from levelfield_web.dialogue import views
from levelfield_web.parts.answers import answer_paths

app_name = "dialogue"

urlpatterns = [
    *answer_paths("cases", views.cases, name="cases"),
    path("cases/open/<str:partner>/", views.open_case, name="open"),
    *answer_paths("cases/<str:case_id>", views.case, name="case"),
    path("cases/<str:case_id>/move/", views.move, name="move"),
    path("cases/<str:case_id>/say/", views.say, name="say"),
    path("cases/<str:case_id>/entries/<str:entry_id>/answer/", views.answer_point, name="answer_point"),
    path("cases/<str:case_id>/attach/", views.attach, name="attach"),
    path("cases/<str:case_id>/note/", views.note, name="note"),
    path("cases/<str:case_id>/files/<str:entry_id>/", views.file, name="file"),
    path("ladder/<str:partner>/", views.ladder, name="ladder"),
]
