"""Agreements join mail and calendar into one state machine per agreement, with closure. Pure."""
