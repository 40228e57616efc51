"""Engines that run queries: one module each; `base` says what an engine is."""
