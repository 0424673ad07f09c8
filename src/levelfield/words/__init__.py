"""The few words every room shares: a refusal, a grain, a period, a series."""

from levelfield.words.periods import Grain, Period
from levelfield.words.refusals import LIKE, Refusal, RefusalKind, nearest
from levelfield.words.series import Family, Series

__all__ = ["LIKE", "Family", "Grain", "Period", "Refusal", "RefusalKind", "Series", "nearest"]
