"""Telling a CRM what was found and placed."""
