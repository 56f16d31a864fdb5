"""The writer: the one place that can write to a mailbox.

It appends one draft at a time, and moves crmlink's own untouched draft to Trash. Nothing else, ever.
"""
