"""A strict fake of PagerDuty, made from its published schema of Events API v2: what it would refuse, it refuses."""

from __future__ import annotations

import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from support.receivers import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROUTING, API = "0123456789abcdef0123456789abcdef", "api-t0ken-5ecret"
FIELDS = {"routing_key", "event_action", "dedup_key", "client", "client_url", "links", "images", "payload"}
PAYLOAD = {"summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"}
SEVERITIES = {"critical", "error", "warning", "info"}


@dataclass
class Alert:
    """One alert of the service; `rang` counts how often it notified."""

    key: str
    status: str = "triggered"
    rang: int = 1
    summary: str = ""
    at: float = field(default_factory=time.time)


@dataclass
class Duty:
    """The service behind one routing key, and the REST door that tells of its incidents."""

    url: str = ""
    alerts: list[Alert] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def open(self, key: str) -> Alert | None:
        return next((one for one in self.alerts if one.key == key and one.status != "resolved"), None)

    async def enqueue(self, request: web.Request) -> web.Response:
        body = await request.read()
        errors = self.faults(body)
        if errors:
            self.refused += errors
            return web.json_response({"status": "invalid event", "message": "", "errors": errors}, status=400)
        event = json.loads(body)
        key, action = event["dedup_key"], event["event_action"]
        alert = self.open(key)
        if action == "trigger" and alert is None:
            self.alerts.append(Alert(key, summary=event["payload"]["summary"]))
        elif action == "acknowledge" and alert is not None:
            alert.status, alert.at = "acknowledged", time.time()
        elif action == "resolve" and alert is not None:
            alert.status = "resolved"
        return web.json_response({"status": "success", "message": "Event processed", "dedup_key": key}, status=202)

    def faults(self, body: bytes) -> list[str]:
        try:
            event = json.loads(body)
        except ValueError:
            return ["not JSON"]
        found = [f"unknown: {name}" for name in event.keys() - FIELDS]
        if event.get("routing_key") != ROUTING:
            found.append("routing_key")
        if event.get("event_action") not in {"trigger", "acknowledge", "resolve"}:
            found.append("event_action")
        if not 0 < len(event.get("dedup_key", "")) <= 255:
            found.append("dedup_key")
        if len(body) > 524_288:
            found.append("size")
        if event.get("event_action") == "trigger":
            found += self.payload_faults(event.get("payload") or {}, event)
        return found

    def payload_faults(self, payload: dict[str, Any], event: dict[str, Any]) -> list[str]:
        found = [f"unknown: payload.{name}" for name in payload.keys() - PAYLOAD]
        if not 0 < len(payload.get("summary", "")) <= 1024:
            found.append("summary")
        if not payload.get("source") or payload.get("severity") not in SEVERITIES:
            found.append("source or severity")
        datetime.fromisoformat(payload["timestamp"])
        found += ["links" for link in event.get("links", ()) if set(link) != {"href", "text"}]
        return found

    async def incidents(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Token token={API}":
            return web.json_response({"error": {"code": 2006}}, status=401)
        wanted = request.query.getall("statuses[]", [])
        found = [
            {
                "incident_key": one.key,
                "status": one.status,
                "acknowledgements": [{"at": datetime.fromtimestamp(one.at, UTC).isoformat()}],
            }
            for one in self.alerts
            if one.key == request.query["incident_key"] and one.status in wanted
        ]
        return web.json_response({"incidents": found})


@asynccontextmanager
async def pagerduty() -> AsyncIterator[Duty]:
    """Run it on loopback."""
    duty = Duty()
    app = web.Application()
    app.router.add_post("/v2/enqueue", duty.enqueue)
    app.router.add_get("/incidents", duty.incidents)
    async with serving(app) as base:
        duty.url = base
        yield duty
