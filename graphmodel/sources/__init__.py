"""Files into facts: every input row ends as a record, a counted duplicate or a named reject."""
