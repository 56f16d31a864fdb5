"""Gathering: brings the outside in, item by item, so that no item can stop a pass."""
