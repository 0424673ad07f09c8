"""Levelfield, the pure floor: definitions, statistics and rules of procedure.

Nothing in this package opens a file, a connection or a clock. Tables are Ibis expressions or Arrow tables,
results are frozen dataclasses, and every number can be computed again from the publication it names.
"""

__version__ = "0.1.0"
