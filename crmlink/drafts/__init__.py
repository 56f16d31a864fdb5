"""Drafts choose options, salutation and words, render the template and compose the reply. Pure."""
