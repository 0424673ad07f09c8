"""The first page."""

from levelfield_web.parts.answers import answer_paths
from levelfield_web.today import views

app_name = "today"

urlpatterns = answer_paths("today", views.today, name="today")
