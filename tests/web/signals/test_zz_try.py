import time, pytest
from levelfield_web.signals.models import *
from levelfield_web.signals.series import watched_of
pytestmark = pytest.mark.django_db
@pytest.mark.parametrize("chain", [("fallen","fallen","further"),("fallen","restated","restored"),("fallen","back","again"),("both",)])
def test_try(look, chain):
    for name in chain:
        t=time.time(); n=look(name); print("\n==",name,"opened",n,round(time.time()-t,2))
        for s in Signal.objects.order_by("id"): print("  ",s.state,s.closed_why,s.series,s.opened_period,s.period,s.onset_first_on,s.onset_on,s.sentence, "|",s.closed_words)
        for s in Signal.objects.order_by("id"):
            for r in s.readings.all(): print("      ",s.pk,r.period,r.cause,r.kind,r.p_value,r.chosen,r.going_on,r.difference)
    print([ (r.period,r.publication[:8],r.watched,r.judged,r.changed,r.opened) for r in Review.objects.all()])
