"""One module a typology: how its pattern is planted, and the innocent stories that look like it.

They are written from the text of the cards, never by asking a detector.
"""
