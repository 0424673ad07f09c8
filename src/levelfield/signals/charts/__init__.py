"""Control charts in full: lines, rules, and how long each waits for a false alarm."""

from levelfield.signals.charts.cusum import CusumPoints, cusum_chart, cusum_run_length
from levelfield.signals.charts.ewma import EwmaPoints, ewma_chart, ewma_run_length
from levelfield.signals.charts.individuals import Improvement, XmrPoints, xmr_lines, xmr_points
from levelfield.signals.charts.lines import Lines, Phase
from levelfield.signals.charts.rates import c_chart, rates, u_chart, u_prime_chart
from levelfield.signals.charts.rules import ANHOEJ, NHS, WESTERN_ELECTRIC, Rule, flags
from levelfield.signals.charts.runs import Runs, runs
from levelfield.signals.charts.shares import p_chart, p_prime_chart, shares
from levelfield.signals.charts.subgroups import s_chart, xbar_chart

__all__ = [
    "ANHOEJ",
    "NHS",
    "WESTERN_ELECTRIC",
    "CusumPoints",
    "EwmaPoints",
    "Improvement",
    "Lines",
    "Phase",
    "Rule",
    "Runs",
    "XmrPoints",
    "c_chart",
    "cusum_chart",
    "cusum_run_length",
    "ewma_chart",
    "ewma_run_length",
    "flags",
    "p_chart",
    "p_prime_chart",
    "rates",
    "runs",
    "s_chart",
    "shares",
    "u_chart",
    "u_prime_chart",
    "xbar_chart",
    "xmr_lines",
    "xmr_points",
]
