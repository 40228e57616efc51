"""One module a typology, found by its stem; none imports another."""
