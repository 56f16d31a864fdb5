"""Fixtures for all tests: the real servers (see `tests/servers`)."""

pytest_plugins = ["tests.servers.plugin"]
