"""What every test shares: the real servers as fixtures, and properties that never fail for a slow machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.servers.plugin"]

settings.register_profile("crmlink", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("crmlink")
