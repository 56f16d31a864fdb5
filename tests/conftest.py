"""What every test shares: the real servers as fixtures, and properties that never fail for a slow machine.

Where all servers are required (`.ci/run`), properties are tried on the same examples each time; elsewhere on new ones.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.servers.plugin"]

settings.register_profile(
    "crmlink",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CRMLINK_TEST_REQUIRE_SERVERS")),
)
settings.load_profile("crmlink")
