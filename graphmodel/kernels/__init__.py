"""Array kernels: integer arrays in, integer arrays out; nothing here knows what a case is."""
