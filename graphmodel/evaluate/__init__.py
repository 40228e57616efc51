"""Measures the search: findings of a case against a known truth, and truths of other makers."""
