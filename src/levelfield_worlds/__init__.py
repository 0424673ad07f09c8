"""Invented service estates with a known truth: seeded, pure, for the demo, the documents, the tests and the benchmarks."""
