"""Addresses of the audit room."""

from levelfield_web.audit import views
from levelfield_web.parts.answers import answer_paths

app_name = "audit"
urlpatterns = [*answer_paths("audit", views.moves, name="moves")]
