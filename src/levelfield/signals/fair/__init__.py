"""Comparing partners fairly: who stands apart, with the mix taken out, and what cannot be told apart at all."""

from levelfield.signals.fair.effects import Effect, Effects, effects, effects_of
from levelfield.signals.fair.funnel import Funnel, Side, Standing, funnel
from levelfield.signals.fair.groups import Groups, Kind, groups_of
from levelfield.signals.fair.overdispersion import Overdispersion, overdispersion
from levelfield.signals.fair.ranks import Pair, Pairs, RankInterval, Ranks, pairs, pairs_sentence, ranks
from levelfield.signals.fair.standardise import Standard, Standardised, standardise

__all__ = [
    "Effect",
    "Effects",
    "Funnel",
    "Groups",
    "Kind",
    "Overdispersion",
    "Pair",
    "Pairs",
    "RankInterval",
    "Ranks",
    "Side",
    "Standard",
    "Standardised",
    "Standing",
    "effects",
    "effects_of",
    "funnel",
    "groups_of",
    "overdispersion",
    "pairs",
    "pairs_sentence",
    "ranks",
    "standardise",
]
