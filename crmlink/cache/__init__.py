"""The cache: what was read before, so that it is not read again. Losing it costs time and nothing else."""
