"""Addresses of explanations."""

from levelfield_web.drill_down import views
from levelfield_web.parts.answers import answer_paths

app_name = "drill_down"

urlpatterns = [
    *answer_paths("explained/<str:partner>/<slug:measure>", views.explanation, name="explanation"),
    *answer_paths("explained-together/<slug:measure>", views.together, name="together"),
]
