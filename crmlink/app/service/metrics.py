"""What the daemon did, in numbers, for Prometheus, over HTTP on this machine alone.

An account is a number, in the order in which they were first served: no address, no name. Counters begin at zero when the
daemon starts; what the ledger counts (placed, unknown, parked, quarantined, backlog) is read after each pass.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crmlink.app.clock import Clock
from crmlink.app.config.accounts import Account
from crmlink.app.scan import ScanResult
from crmlink.app.service.observer import Unobserved
from crmlink.app.service.status import Status, status_of
from crmlink.model.errors import LoginError, TemporaryError

HOST = "127.0.0.1"
_LABELS = ("account",)
_SECONDS = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)


class Metrics(Unobserved):
    """Counts what happens, and shows it at http://127.0.0.1:port/metrics until the daemon ends."""

    def __init__(self, clock: Clock, port: int) -> None:
        """Listen on this port; 0 lets the kernel choose.

        Raises:
            TemporaryError: the port is taken.
        """
        self._clock = clock
        self._numbers: dict[str, str] = {}
        self._standing = _Standing()
        registry = CollectorRegistry()
        registry.register(self._standing)
        self._reconnects = Counter(
            "crmlink_reconnects", "Connections that stand again after they were lost.", _LABELS, registry=registry
        )
        self._refused = Counter("crmlink_login_failures", "Passes that ended at the login.", _LABELS, registry=registry)
        self._seconds = Histogram(
            "crmlink_scan_seconds", "How long passes took.", _LABELS, registry=registry, buckets=_SECONDS
        )
        try:
            self._server, self._thread = start_http_server(port, addr=HOST, registry=registry)
        except OSError as error:
            hint = "Set CRMLINK_METRICS_PORT to a free port, or to 0 for no metrics."
            raise TemporaryError(f"The metrics cannot be shown on port {port}: {error.strerror}.", hint=hint) from error

    @property
    def url(self) -> str:
        """Where they are shown."""
        return f"http://{HOST}:{self._server.server_port}/metrics"

    def pass_done(self, account: Account, result: ScanResult, seconds: float) -> None:
        """A pass came to its end."""
        if isinstance(result.refused, LoginError):  # a calendar's
            self._refused.labels(self._number(account)).inc()
        self._after(account, seconds)

    def pass_failed(self, account: Account, error: Exception, seconds: float) -> None:
        """A pass ended with an error."""
        if isinstance(error, LoginError):
            self._refused.labels(self._number(account)).inc()
        self._after(account, seconds)

    def reconnected(self, account: Account) -> None:
        """A connection was lost, and stands again."""
        self._reconnects.labels(self._number(account)).inc()

    def reloaded(self) -> None:
        """Accounts that are no longer served are no longer shown; each that is will soon have a pass."""
        self._standing.clear()

    def stopping(self) -> None:
        """The daemon ends."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _after(self, account: Account, seconds: float) -> None:
        number = self._number(account)
        self._seconds.labels(number).observe(seconds)
        self._standing.set(number, status_of(account.settings, self._clock()))

    def _number(self, account: Account) -> str:
        return self._numbers.setdefault(account.address, str(len(self._numbers) + 1))


class _Standing(Collector):
    """How each account stood after its last pass, by number."""

    def __init__(self) -> None:
        self._statuses: dict[str, Status] = {}

    def set(self, number: str, status: Status) -> None:
        self._statuses = {**self._statuses, number: status}  # replaced whole: the server reads it in its own thread

    def clear(self) -> None:
        self._statuses = {}

    def collect(self) -> Iterator[Metric]:
        statuses = self._statuses
        placed = CounterMetricFamily("crmlink_drafts_placed", "Drafts that were placed, ever.", labels=_LABELS)
        gauges = {
            "unknown": GaugeMetricFamily("crmlink_drafts_unknown", "Drafts that may have arrived.", labels=_LABELS),
            "parked": GaugeMetricFamily("crmlink_drafts_parked", "Drafts a person must look at.", labels=_LABELS),
            "quarantined": GaugeMetricFamily("crmlink_quarantined", "Items that are left alone.", labels=_LABELS),
            "backlog": GaugeMetricFamily("crmlink_backlog", "Lapses that wait for tomorrow.", labels=_LABELS),
        }
        success = GaugeMetricFamily(
            "crmlink_last_success_timestamp_seconds", "When a pass last did all it should.", labels=_LABELS
        )
        for number, status in statuses.items():
            placed.add_metric((number,), status.ever)
            for name, gauge in gauges.items():
                gauge.add_metric((number,), getattr(status, name))
            if status.heartbeat.last_success:
                success.add_metric((number,), status.heartbeat.last_success.timestamp())
        return iter((placed, *gauges.values(), success))
