"""The addresses of the house. Each room brings its own list; a room adds one line here."""

from django.urls import include, path

handler403 = "levelfield_web.parts.views.forbidden"
handler404 = "levelfield_web.parts.views.not_found"
handler500 = "levelfield_web.parts.views.our_fault"

urlpatterns = [
    path("", include("levelfield_web.today.urls")),
    path("", include("levelfield_web.check_ins.urls")),
    path("", include("levelfield_web.plan.urls")),
    path("", include("levelfield_web.dialogue.urls")),
    path("", include("levelfield_web.scenarios.urls")),
    path("", include("levelfield_web.drill_down.urls")),
    path("", include("levelfield_web.own_house.urls")),
    path("", include("levelfield_web.signals.urls")),
    path("", include("levelfield_web.settlement.urls")),
    path("", include("levelfield_web.measures.urls")),
    path("", include("levelfield_web.same_data.urls")),
    path("", include("levelfield_web.agreement.urls")),
    path("", include("levelfield_web.reasons.urls")),
    path("api/", include("levelfield_web.api.urls")),
    path("", include("levelfield_web.people.urls")),
    path("", include("levelfield_web.audit.urls")),
    path("", include("levelfield_web.parts.urls")),
]
