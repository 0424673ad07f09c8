"""Every rule a delivery is looked at with. Adding one means adding it to its file's list."""

from __future__ import annotations

from levelfield.same_data.rules import delivery, names, sums, units, values
from levelfield.same_data.rules.rule import Look, RowRule, TableRule

__all__ = ["Look", "RowRule", "TableRule", "row_rules", "table_rules"]


def row_rules(look: Look) -> tuple[RowRule, ...]:
    """Every row rule that applies to a delivery."""
    return (*values.row_rules(look), *(r for r in names.ROW_RULES if r.applies(look)))


def table_rules(look: Look) -> tuple[TableRule, ...]:
    """Every table rule that applies to a delivery."""
    every = (*units.RULES, *sums.RULES, *names.RULES, *delivery.RULES)
    return tuple(rule for rule in every if rule.applies(look))
