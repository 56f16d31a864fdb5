"""The demo: servers of our own with an invented week of mail and meetings, for one real scan.

A layer between the commands and the app. It is the only place in crmlink that writes to a calendar, and then to one
that it made itself a moment before, in a temporary directory.
"""
