"""A recension to try everything on: that of 2020-2021, from its published facts, with fictitious persons."""
