"""Lapses decide which agreements broke, whose fault it is, how sure that is, and what to do. Pure."""
