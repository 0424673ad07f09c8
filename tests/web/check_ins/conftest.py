"""A home in which North's Billing fell, and Ada, Noor and Sol."""

from ..signals.conftest import fallen, homes, look, stand

__all__ = ["fallen", "homes", "look", "stand"]
