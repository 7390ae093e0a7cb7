"""The metrics of the doors, all on one registry, with labels bounded by the configuration."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from amends.model import Kind, Stage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from prometheus_client import Metric

    from amends.model import Coverage, Incident, IncidentEvent, Mention, Reading, Seconds
    from amends.pipeline import Decision

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OTHER = "other"
POLL_OUTCOMES = frozenset({"ok", "unchanged", "throttled", "blocked", "gone", "shape", "error"})
PAGE_OUTCOMES = frozenset({"sent", "failed", "deferred", "cancelled"})
_HEARD = frozenset({"ok", "unchanged"})

_DELIVERY = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_ANSWER = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_SPEECH = (300, 600, 900, 1800, 2700, 3600, 7200, 14400, 28800, 75600)
_END = (900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800)
_WORK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

# ISO 639-1: what a hostile feed writes into `lang` must not make series without end.
_CODES = (  # two letters each
    "aaabaeafakamanarasavayazbabebgbhbibmbnbobrbscacechcocrcscucvcydadedvdzeeeleneoeseteufafffifjfofrfygagdglgngugv"
    "hahehihohrhthuhyhziaidieigiiikioisitiujajvkakgkikjkkklkmknkokrkskukvkwkylalblglilnloltlulvmgmhmimkmlmnmrmsmtmy"
    "nanbndnengnlnnnonrnvnyocojomorospapiplpsptqurmrnrorurwsascsdsesgsiskslsmsnsosqsrssstsusvswtatetgthtitktltntotr"
    "tstttwtyugukuruzvevivowawoxhyiyozazhzu"
)
_LANGUAGES = frozenset(_CODES[at : at + 2] for at in range(0, len(_CODES), 2))

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves this one function without types


class Optional(Gauge):
    """A gauge without labels that has no sample while it is not `shown`."""

    shown = False

    def collect(self) -> Iterable[Metric]:
        """Return its family, empty while it is not shown."""
        for family in super().collect():
            family.samples = family.samples if self.shown else []
            yield family


class Metrics:
    """Every metric that strangers may rely on. A label takes a configured id; anything else is counted as `other`."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        self._brands: frozenset[str] = frozenset()
        self._sources: frozenset[str] = frozenset()
        self._channels: frozenset[str] = frozenset()
        self._open: dict[str, set[tuple[str, str]]] = {}
        self._process()
        self._hearing()
        self._judging()
        self._paging()
        self.build.labels(version).set(1)
        self.reloaded.set(1)
        self.free_bytes.set(float("nan"))  # not zero, which would be an alarm: nobody has looked yet

    # --- what there is ---

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"amends_{name}", text, labels, registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"amends_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"amends_{name}", text, labels, registry=self.registry, buckets=buckets)

    def _process(self) -> None:
        self.build = self._gauge("build_info", "Version of the running program.", "version")
        self.reloaded = self._gauge("config_last_reload_successful", "1 if the configuration on disk is in force.")
        self.loop_lag = self._histogram("event_loop_lag_seconds", "How late the event loop wakes.", _WORK)
        self.write_errors = self._counter("storage_write_errors", "Commits that storage refused.")
        self.free_bytes = self._gauge("storage_free_bytes", "Room left where the state folder lies.")
        self.heartbeat = Optional(
            "amends_heartbeat_last_success_timestamp_seconds",
            "When the heartbeat was last taken; 0: not since the start.",
            registry=self.registry,
        )

    def _hearing(self) -> None:
        self.source_up = self._gauge("source_up", "1 if the last poll was heard.", "source")
        self.source_success = self._gauge(
            "source_last_success_timestamp_seconds", "When a poll was last heard.", "source"
        )
        self.polls = self._counter("source_polls", "Polls by what became of them.", "source", "outcome")
        self.source_lag = self._gauge("source_lag_seconds", "Usual time from publication to being visible.", "source")
        self.coverage_ratio = self._gauge("coverage_ratio", "Share of polled sources that are on time.", "brand")
        self.mentions = self._counter("mentions", "Mentions committed.", "brand", "source")
        self.negatives = self._counter("mentions_negative", "Mentions labelled negative.", "brand")
        self.unscored = self._counter("mentions_unscored", "Mentions in a language that nobody can score.", "lang")
        self.second = self._counter("second_opinions", "Posts that a second opinion on tone would help.", "outcome")
        for outcome in ("given", "spared", "failed"):
            self.second.labels(outcome)
        self.share = self._gauge(
            "negative_share", "Share of negatives over 30 days, as heard and estimated.", "brand", "kind"
        )
        self.ingest_seconds = self._histogram("ingest_duration_seconds", "From items to their commit.", _WORK)
        self.scoring_seconds = self._histogram("scoring_duration_seconds", "Preparing and scoring one batch.", _WORK)

    def _judging(self) -> None:
        self.observed = self._gauge("negatives_observed", "Negatives an hour, now.", "brand")
        self.expected = self._gauge("negatives_expected", "Usual negatives an hour, now.", "brand")
        self.evidence = self._gauge("evidence_ratio", "Evidence over threshold: 1 would page.", "brand")
        self.volume = self._gauge("volume_ratio", "Mentions of the last hour over the usual: buzz, not tone.", "brand")
        self.could_page = self._gauge("brand_can_page", "1 where some number of negatives would page.", "brand")
        self.false_pages = self._gauge("false_pages_expected_per_day", "False pages a day, as configured.", "brand")
        self.incidents_open = self._gauge("incidents_open", "Incidents not resolved.", "brand", "kind", "severity")
        self.incidents = self._counter("incidents", "Incidents opened.", "brand", "kind", "severity")
        self.drills = self._counter("scheduled_drills", "Drills of the schedule by what became of them.", "outcome")
        for outcome in ("started", "left_out"):
            self.drills.labels(outcome)

    def _paging(self) -> None:
        self.pages = self._counter("pages", "Pages and notices by what became of them.", "channel", "outcome")
        self.delivery_seconds = self._histogram("page_delivery_seconds", "From decided to confirmed.", _DELIVERY)
        self.acknowledge_seconds = self._histogram(
            "acknowledge_seconds", "From opened to acknowledged, drills left out.", _ANSWER, "severity"
        )
        self.detect_seconds = self._histogram("detect_seconds", "From its first sign to opened.", _ANSWER, "severity")
        self.response_seconds = self._histogram(
            "response_seconds", "From opened to the first public line (holding), to the statement (full).", _SPEECH,
            "kind", "severity",
        )  # fmt: skip
        self.recovery_seconds = self._histogram("recovery_seconds", "From opened to resolved.", _END, "severity")
        self.outbox_pages = self._gauge("outbox_pages", "Pages waiting to be sent.")
        self.on_call_now = self._gauge("on_call", "1 while a person is on call in a rota.", "rota", "person")
        self.rota_gap = self._gauge("rota_gap", "1 while nobody is on call in a rota.", "rota")
        self.outbox_age = self._gauge("outbox_oldest_age_seconds", "How long the oldest waiting page has been due.")

    # --- what labels there may be ---

    def bound(self, *, brands: Mapping[str, float], sources: Collection[str], channels: Collection[str]) -> None:
        """Set the ids that labels take, `brands` with their false pages a day; series of ids that went are dropped."""
        for gauge in (self.source_up, self.source_success, self.source_lag):
            _drop(gauge, self._sources - frozenset(sources))
        judging = (self.observed, self.expected, self.evidence, self.volume, self.could_page)
        for gauge in (self.coverage_ratio, self.false_pages, *judging):
            _drop(gauge, self._brands - frozenset(brands))
        for gone in self._brands - frozenset(brands):
            for kind in ("raw", "estimated"):
                with suppress(KeyError):
                    self.share.remove(gone, kind)
            for kind, severity in self._open.pop(gone, ()):
                self.incidents_open.remove(gone, kind, severity)
        self._brands, self._sources, self._channels = frozenset(brands), frozenset(sources), frozenset(channels)
        for brand, per_day in brands.items():
            self.false_pages.labels(brand).set(per_day)
            self.negatives.labels(brand)
        for channel in channels:
            for outcome in PAGE_OUTCOMES:
                self.pages.labels(channel, outcome)

    def _brand(self, name: str) -> str:
        return name if name in self._brands else OTHER

    def _source(self, name: str) -> str:
        return name if name in self._sources else OTHER

    # --- what happens ---

    def fitted(self, brand: str, *, raw: float | None, estimated: float | None) -> None:
        """Show a brand's share of negatives; None: not known."""
        label = self._brand(brand)
        for kind, share in (("raw", raw), ("estimated", estimated)):
            self.share.labels(label, kind).set(float("nan") if share is None else share)

    def second_opinions(self, *, given: int, spared: int, failed: int) -> None:
        """Count posts that got a second opinion, that the budget spared, and that the encoder failed."""
        for outcome, number in (("given", given), ("spared", spared), ("failed", failed)):
            self.second.labels(outcome).inc(number)

    def polled(self, source: str, outcome: str) -> None:
        """Count one poll. `outcome` is one of `POLL_OUTCOMES`."""
        self.polls.labels(self._source(source), outcome if outcome in POLL_OUTCOMES else "error").inc()

    def heard(self, source: str, outcome: str | None, last_success: Seconds | None, lag: Seconds | None) -> None:
        """Show how a source does, also as the store knows it from before our start. None: it never happened."""
        label = self._source(source)
        if outcome is not None:
            self.source_up.labels(label).set(outcome in _HEARD)
        if last_success is not None:
            self.source_success.labels(label).set(last_success)
        if lag is not None:
            self.source_lag.labels(label).set(lag)

    def expects_heartbeat(self, expected: bool) -> None:  # noqa: FBT001 - the fact itself
        """Show the heartbeat while an address is configured: 0 until it is first taken. No sample otherwise."""
        if expected != self.heartbeat.shown:
            self.heartbeat.shown = expected
            self.heartbeat.set(0.0)

    def decided(self, decision: Decision) -> None:
        """Count what one committed decision brought."""
        live, brand = decision.state.live, decision.state.brand
        for mention in decision.mentions:
            self._mentioned(mention)
        if decision.reading is not None:
            self.read(brand, decision.reading)
        self.covered(brand, live.coverage)
        for event in decision.events:
            incident = next((one for one in decision.incidents if one.id == event.incident), None)
            if incident is not None:
                self._happened(incident, event)
        for page in decision.pages:
            if page.state in PAGE_OUTCOMES:
                self.paged(page.channel, page.state)
        for change in decision.page_changes:
            if change.state in {"cancelled", "deferred"}:
                self.paged(change.channel or OTHER, change.state)
        still = [case.incident for case in live.cases if case.incident.state is not Stage.RESOLVED]
        self.opened(brand, [(incident.kind, incident.severity) for incident in still])

    def _happened(self, incident: Incident, event: IncidentEvent) -> None:
        severity, passed = str(incident.severity), max(0.0, event.at - incident.opened_at)
        if event.event == "opened":
            self.incidents.labels(self._brand(incident.brand), incident.kind.value, severity).inc()
        if incident.drill:
            return  # the clocks are of what was real; a drill has its own score
        match event.event:
            case "opened":
                self.detect_seconds.labels(severity).observe(max(0.0, incident.opened_at - incident.since))
            case "acknowledged":
                self.acknowledge_seconds.labels(severity).observe(passed)
            case "responded":
                for kind in event.data.get("first", ()):
                    self.response_seconds.labels(kind, severity).observe(passed)
            case "resolved":
                self.recovery_seconds.labels(severity).observe(passed)

    def _mentioned(self, mention: Mention) -> None:
        if mention.op != "create":
            return
        brand = self._brand(mention.brand)
        self.mentions.labels(brand, self._source(mention.source)).inc()
        if mention.tone.label == "negative":
            self.negatives.labels(brand).inc()
        elif mention.tone.label == "unscored":
            lang = mention.tone.lang or mention.lang
            self.unscored.labels(lang if lang in _LANGUAGES else OTHER).inc()

    def read(self, brand: str, reading: Reading) -> None:
        """Show what the detector says now."""
        label = self._brand(brand)
        self.observed.labels(label).set(reading.observed_now)
        self.expected.labels(label).set(reading.expected_now)
        self.evidence.labels(label).set(reading.ratio)
        self.volume.labels(label).set(reading.volume_now / max(reading.volume_usual, 1.0))
        self.could_page.labels(label).set(reading.page_above is not None)

    def covered(self, brand: str, coverage: Coverage) -> None:
        """Show how many of a brand's sources are on time."""
        self.coverage_ratio.labels(self._brand(brand)).set(coverage.ratio)

    def opened(self, brand: str, incidents: Collection[tuple[Kind, int]]) -> None:
        """Show which incidents of a brand stand open, by kind and severity."""
        label = self._brand(brand)
        counts: dict[tuple[str, str], int] = dict.fromkeys(self._open.get(label, ()), 0)
        for kind, severity in incidents:
            key = (Kind(kind).value, str(severity))
            counts[key] = counts.get(key, 0) + 1
        self._open[label] = set(counts)
        for (kind_name, severity_name), count in counts.items():
            self.incidents_open.labels(label, kind_name, severity_name).set(count)

    def paged(self, channel: str, outcome: str, *, seconds: float | None = None) -> None:
        """Count what became of a page; `seconds` from decided to confirmed, where it was sent."""
        self.pages.labels(channel if channel in self._channels else OTHER, outcome).inc()
        if seconds is not None:
            self.delivery_seconds.observe(max(0.0, seconds))

    def outbox(self, pages: int, oldest_age: Seconds | None) -> None:
        """Show what waits in the outbox; `oldest_age` None or below zero: nothing is due."""
        self.outbox_pages.set(pages)
        self.outbox_age.set(max(0.0, oldest_age or 0.0))

    def on_call(self, rotas: Mapping[str, Collection[str]]) -> None:
        """Show who is on call in each rota; both are configured ids."""
        self.on_call_now.clear()
        self.rota_gap.clear()
        for rota, people in rotas.items():
            self.rota_gap.labels(rota).set(not people)
            for person in people:
                self.on_call_now.labels(rota, person).set(1)

    def render(self) -> bytes:
        """Return everything in Prometheus' text form (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)


def _drop(gauge: Gauge, ids: Collection[str]) -> None:
    for name in ids:
        try:
            gauge.remove(name)
        except KeyError:  # that id never had a value
            continue
