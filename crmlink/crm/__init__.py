"""Connectors: how a CRM is told what crmlink found. The only part that says anything to the outside, and off by default."""
