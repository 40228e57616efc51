"""Matches made into findings: assembled, merged, explained with evidence."""
