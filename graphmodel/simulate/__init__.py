"""Simulated cases with a known truth: the load for benchmarks, demonstrations and training."""
