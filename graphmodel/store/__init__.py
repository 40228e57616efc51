"""The case file: records in, a graph in one DuckDB file out."""
