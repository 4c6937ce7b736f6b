"""Measurements of the Finance room. The answer files are read here and nowhere else."""
