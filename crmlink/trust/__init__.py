"""Trust over time: what was kept, broken and repaired between the owner and each person. Counts with evidence, no score."""
