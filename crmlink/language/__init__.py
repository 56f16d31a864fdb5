"""Language reads what a person wrote: requests, promises, meeting acts, dates, register. Pure; words live in data files."""
