"""The daemon: every room opened in order, one task group over all that runs, and closed in the opposite order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import web as aioweb

from amends import paging, web
from amends.config import Configuration, ConfigurationError
from amends.config.rules import rotas
from amends.config.rules import rules as compose
from amends.model import AmendsError, Clock
from amends.observe import Health, Lock, Metrics, Notifier, sample_lag
from amends.service import upkeep
from amends.service.calendars import Calendars
from amends.service.engine import Engine
from amends.service.keys import cli_token, push_key, signing_keys
from amends.service.learner import Learner
from amends.service.outgoing import new_session
from amends.service.prepared import Cursors, Prepared, specs
from amends.service.pulse import SPREAD, Pulse
from amends.service.rounds import Rounds
from amends.service.second import Second
from amends.service.timekeeper import Timekeeper, first
from amends.service.tuner import Tuner
from amends.sources import Client, Parser, Scheduler
from amends.sources.version import VERSION
from amends.storage import Store

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from amends.model import Item
    from amends.pipeline import Decision, Progress, Rules

WORKER = "amends"  # in the outbox: there is one of us on a state folder
CLI = "cli"  # the name of the command line's own token
MANY = 50
LAST_SENDS = 5.0  # seconds that messages under way get at a stop; the rest stays in the outbox

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the daemon stands in: its folder, clock, environment, and whom it tells that it is ready."""

    folder: Path
    lock: Lock
    clock: Clock
    notifier: Notifier
    announce: Callable[[str], None]
    again: Callable[[], Configuration]  # reads the configuration anew, for a reload
    adopted: Callable[[Configuration], None] = lambda _config: None  # hears of a configuration that came into force
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    reload: asyncio.Event = field(default_factory=asyncio.Event)


class Daemon:
    """One running Amends. `await Daemon(config, setting).run()` returns after an orderly stop."""

    def __init__(self, config: Configuration, setting: Setting) -> None:
        self.config = config
        self.setting = setting
        self.health = Health()
        self.metrics = Metrics(VERSION)
        self.address = ""
        self._tokens: dict[str, str] = {}
        self._hosts: list[str] = []
        self._keys: list[bytes] = []
        self._push: dict[str, paging.Pushing] = {}

    async def run(self) -> None:
        """Open, serve until `setting.stop`, close. Errors before readiness are raised as they are."""
        async with AsyncExitStack() as stack:
            await self._open(stack)
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work, name=name) for name, work in self._work().items()]
                await self._listen(stack)
                await self._plan_first_looks()
                self._ready()
                await self._serve()
                self.setting.notifier.stopping()
                self.worker.stop()
                await asyncio.wait([task for task in tasks if task.get_name() == "pages"], timeout=LAST_SENDS)
                for task in tasks:
                    task.cancel()

    # --- opening -----------------------------------------------------------------------------------------------------

    async def _open(self, stack: AsyncExitStack) -> None:
        config, clock, folder = self.config, self.setting.clock, self.setting.folder
        self._keys[:] = signing_keys(folder)
        self._tokens.update(self._tokens_of(config))
        self._hosts[:] = config.web.hosts
        self.store = await Store.open(
            config.storage_url(folder), folder=folder, on_error=lambda _error: self.metrics.write_errors.inc()
        )
        stack.push_async_callback(self.store.close)
        self.health.up("storage")
        if left := await self.store.void_claims(WORKER):
            log.warning("messages were under way when we last ended; they go out again, under the same ids", count=left)
        self.client = Client(
            clock=clock,
            allow=config.network.allow,
            contact=config.network.contact,
            timeout=config.network.timeout,
            max_body=config.network.max_body,
        )
        await stack.enter_async_context(self.client)
        parser = await stack.enter_async_context(Parser())
        self.session = await stack.enter_async_context(new_session())
        self.calendars = Calendars(clock, folder, self.client)
        await self.calendars.configure(config)
        self._open_desk(stack, parser)
        self._open_pager()
        self.site = self._open_site()
        self._apply(config, self._prepare(config, self.engine.rules))

    def _open_desk(self, stack: AsyncExitStack, parser: Parser) -> None:
        """Open what decides, what feeds it, and what hears of each decision."""
        config, clock = self.config, self.setting.clock
        self.engine = Engine(self.store, compose(config, self.calendars.calendars), clock, self.metrics)
        self.second = Second(clock, self.metrics)
        stack.callback(self.second.close)
        self.engine.second = self.second.improve
        self.scheduler = Scheduler(
            clock=clock,
            client=self.client,
            parser=parser,
            store=Cursors(self.store, clock),
            deliver=self._deliver,
            on_poll=self._polled,
        )
        self.engine.coverage = self.scheduler.coverage
        self.timekeeper = Timekeeper(self.engine, clock, self.scheduler.coverage)
        self.learner = Learner(self.engine, self.store, clock)
        self.tuner = Tuner(self.engine, self.store, clock, self.metrics)
        self.engine.listeners += [self.timekeeper, self.learner, self.tuner, self]

    def _open_pager(self) -> None:
        """Open what sends, and what watches over it."""
        config, clock = self.config, self.setting.clock
        self._channels_changed = asyncio.Event()
        self._current: dict[str, paging.Channel] = {}
        self._use(self._channels(config))
        self.worker = paging.Worker(
            self.store,
            self.engine,
            self._current,
            clock,
            self._links("http://127.0.0.1:8484"),
            observer=self.metrics,
            name=WORKER,
        )
        self.following = paging.Following(self.store, self.engine, clock)
        self.gauges = upkeep.Gauges(self.store, clock, self.metrics)
        self.gauges.rotas = lambda: self.engine.rules.rotas
        self.calendars.changed = self._new_shifts
        self.pulse = Pulse(self.scheduler, self.timekeeper, self.worker, self.store, self.engine, clock)
        self.heartbeat = upkeep.Heartbeat(clock, self.metrics, self.pulse.ill)
        self.rounds = Rounds(self.store, self.engine, clock, self.pulse.coverage, self.metrics)

    def _open_site(self) -> web.Site:
        config = self.config
        return web.Site(
            store=self.store,
            engine=self.engine,
            clock=self.setting.clock,
            keys=self._keys,
            tokens=self._tokens,
            sources=self.scheduler,
            ready=lambda: self.health.why,
            metrics=self._render_metrics,
            version=VERSION,
            listen=str(config.web.listen),
            external_url=config.web.external_url,
            hosts=self._hosts,
            timezone=config.timezone,
            push=self._push,
            second=self.second.tally,
            calendars=self.calendars.kept,
            corrected=self.tuner.stir,
        )

    def _work(self) -> Mapping[str, Coroutine[Any, Any, None]]:
        clock = self.setting.clock
        return {
            "storage": self.store.run(),
            "time": self.timekeeper.run(),
            "learning": self.learner.run(),
            "tuning": self.tuner.run(),
            "sources": self.scheduler.run(),
            "pages": self.worker.run(),
            "wakes": self._wake_worker(),
            "replies": self._hear_replies(),
            "lag": sample_lag(self.metrics.loop_lag.observe),
            "retention": upkeep.retain(self.store, clock, lambda: self.config.storage.retention),
            "gauges": self.gauges.run(),
            "heartbeat": self.heartbeat.run(),
            "calendars": self.calendars.run(),
            "rounds": self.rounds.run(),
            "watchdog": upkeep.feed_watchdog(self.setting.notifier, self.pulse.turning),
        }

    async def _listen(self, stack: AsyncExitStack) -> None:
        listen = self.config.web.listen
        runner = aioweb.AppRunner(web.create_app(self.site), handle_signals=False, shutdown_timeout=2.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        try:
            await aioweb.TCPSite(runner, listen.host, listen.port).start()
        except OSError as error:
            raise AmendsError(  # not the input's fault: the port may be free at the next try
                f"web.listen: {listen} cannot be listened on: {error.strerror or error}; "
                "stop what uses it, or choose another port (0 takes any free one)"
            ) from None
        port = runner.addresses[0][1]
        host = f"[{listen.host}]" if ":" in listen.host else listen.host
        self.address = f"http://{host}:{port}"
        base = self.config.web.external_url or self.address
        self.worker.links = self._links(base)
        self.engine.swap(replace(self.engine.rules, external_url=base))
        self.setting.lock.tell(self.address)
        self.health.up("web")

    def _ready(self) -> None:
        self.health.up("workers")
        self.setting.announce(f"Amends is ready: {self.address}/")
        self.setting.notifier.ready(self._status())
        log.info("ready", address=self.address, brands=len(self.config.brands), sources=len(self.config.sources))

    async def _plan_first_looks(self) -> None:
        """Look at every brand soon, and at once where people wait: an open incident, a message that is held."""
        now, brands = self.setting.clock.wall(), list(self.engine.rules.brands)
        gap = SPREAD / len(brands) if len(brands) > MANY else 0.0
        restless = await self.store.restless() if gap else set()
        for number, brand in enumerate(brands):
            self.timekeeper.plan(brand, now if brand in restless else now + gap * number)

    # --- serving -----------------------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        stopping = asyncio.create_task(self.setting.stop.wait())
        try:
            while not stopping.done():
                reloading = asyncio.create_task(self.setting.reload.wait())
                await asyncio.wait((stopping, reloading), return_when=asyncio.FIRST_COMPLETED)
                reloading.cancel()
                if self.setting.reload.is_set() and not stopping.done():
                    self.setting.reload.clear()
                    await self._reload()
        finally:
            stopping.cancel()

    async def _reload(self) -> None:
        """Take a new configuration whole, or keep the old one whole and say why."""
        self.setting.notifier.reloading()
        try:
            config = await asyncio.to_thread(self.setting.again)
            rules = await asyncio.to_thread(compose, config)
            rules = replace(rules, external_url=config.web.external_url or self.address)
            prepared = self._prepare(config, rules)  # whatever may fail, before anything is in force
            await self.calendars.configure(config)
            rules = replace(prepared.rules, rotas=rotas(config, self.calendars.calendars))
            self._apply(config, replace(prepared, rules=rules))
        except AmendsError as error:
            self.metrics.reloaded.set(0)
            log.error(
                "reload refused, the old configuration stays in force",
                why=error.errors if isinstance(error, ConfigurationError) else str(error),
            )
            status = f"{self._status()}; a new configuration was refused, see the log"
        else:
            status = self._status()
            self.metrics.reloaded.set(1)
            log.info("reloaded", brands=len(config.brands), sources=len(config.sources))
        self.setting.notifier.ready(status)

    def _status(self) -> str:
        """Return the line that `systemctl status` shows."""
        return f"hears {len(self.config.sources)} sources for {len(self.config.brands)} brands"

    def _prepare(self, config: Configuration, rules: Rules) -> Prepared:
        """Make all that a configuration asks for and that may fail in the making."""
        keys = signing_keys(self.setting.folder)
        return Prepared(rules, self._channels(config), specs(config), self._tokens_of(config), keys)

    def _apply(self, config: Configuration, prepared: Prepared) -> None:
        """Put a configuration in force; what only a start can change is named in the log."""
        rules = prepared.rules
        for name in ("storage", "network"):
            if getattr(config, name) != getattr(self.config, name):
                log.warning("needs a restart to come into force", key=name)
        if config.web.listen != self.config.web.listen or config.web.external_url != self.config.web.external_url:
            log.warning("needs a restart to come into force", key="web")
        gone = set(self.engine.rules.brands) - set(rules.brands)
        new = set(rules.brands) - set(self.engine.rules.brands)
        fits = {brand: fit for brand, fit in self.engine.rules.fits.items() if brand in rules.brands}
        self.engine.swap(replace(rules, fits=fits))
        self.timekeeper.forget(gone)
        for brand in new:
            self.timekeeper.plan(brand, self.setting.clock.wall())
        self.metrics.bound(
            brands={id_: brand.detection.false_pages_per_day for id_, brand in rules.brands.items()},
            sources=list(config.sources),
            channels=list(config.channels),
        )
        self.scheduler.configure(prepared.sources)
        self._use(prepared.channels)
        self.worker.replace(self._current)
        self._channels_changed.set()
        self.second.configure(config.sentiment.accurate)
        self.heartbeat.url = config.heartbeat.url.get_secret_value() if config.heartbeat.url else None
        self.heartbeat.every = config.heartbeat.every
        self.metrics.expects_heartbeat(self.heartbeat.url is not None)
        self._keys[:] = prepared.keys
        self.worker.links = self._links(self.worker.links.base)
        self._tokens.clear()
        self._tokens.update(prepared.tokens)
        self._hosts[:] = config.web.hosts
        self.config = self.rounds.config = config
        self.setting.adopted(config)

    def _links(self, base: str) -> paging.Links:
        newest, *older = self._keys
        return paging.Links(newest, base, tuple(older))

    def _tokens_of(self, config: Configuration) -> dict[str, str]:
        tokens = {name: secret.get_secret_value() for name, secret in config.web.tokens.items()}
        return {CLI: cli_token(self.setting.folder)} | tokens

    def _new_shifts(self) -> None:
        """Put what a calendar now says in force."""
        self.engine.swap(replace(self.engine.rules, rotas=rotas(self.config, self.calendars.calendars)))

    def _use(self, channels: dict[str, paging.Channel]) -> None:
        self._current = channels
        self._push.clear()
        self._push.update({id_: one for id_, one in channels.items() if isinstance(one, paging.Pushing)})

    def _channels(self, config: Configuration) -> dict[str, paging.Channel]:
        made = {id_: paging.build(id_, settings, self.session) for id_, settings in config.channels.items()}
        for channel in made.values():
            if isinstance(channel, paging.Remembering):
                channel.remember(self.store)
            if isinstance(channel, paging.Pushing):
                channel.use_key(push_key(self.setting.folder))
        return made

    # --- what the rooms call back ------------------------------------------------------------------------------------

    def decided(self, decision: Decision) -> None:
        """Listen faster or slower, as decided; let far ends that keep a state of their own follow."""
        if decision.incidents or any(change.state == "sent" for change in decision.page_changes):
            self.following.stir()
        self.scheduler.set_tempo(decision.state.brand, decision.tempo)

    async def _deliver(self, items: list[Item], progress: Progress) -> None:
        await self.engine.ingest(items, progress)

    def _polled(self, source: str, outcome: str) -> None:
        self.metrics.polled(source, outcome)

    def _render_metrics(self) -> bytes:
        for source in self.scheduler.status():
            self.metrics.heard(source.id, source.outcome, source.last_success, source.lag)
        return self.metrics.render()

    async def _wake_worker(self) -> None:
        while True:
            await self.store.page_written.wait()
            self.store.page_written.clear()
            self.worker.wake()

    async def _hear_replies(self) -> None:
        """Listen on the channels that can, follow on those that must, and on their successors after a reload."""
        while True:
            self._channels_changed.clear()
            hearing = paging.hear(
                self._current.values(), self.engine, self.store, lambda: self.worker.links, self.setting.clock
            )
            following = self.following.run(self._current.values())
            changed = self._channels_changed.wait
            await first(asyncio.gather(hearing, following, changed()), changed())
