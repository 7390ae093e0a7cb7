"""The application: which address leads where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from amends.web import acknowledge, push, static
from amends.web.accesslog import AccessLog
from amends.web.answers import errors
from amends.web.api import incidents, mentions, operate, people, probes
from amends.web.guard import guard
from amends.web.keys import SITE, TEMPLATES
from amends.web.reading import SMALL
from amends.web.templating import Templates
from amends.web.views import drafting, manage, oncall, overview, report, signin
from amends.web.views import incidents as views_incidents
from amends.web.views import mentions as views_mentions

if TYPE_CHECKING:
    from amends.web.ports import Site


def create_app(site: Site) -> web.Application:
    """Return the web application over a site; run it by `web.AppRunner(app, handle_signals=False)`.

    Its access log is its own: a signed link is written `/a/-` or `/c/-`.
    """
    app = web.Application(
        middlewares=[errors, guard], client_max_size=SMALL, handler_args={"access_log_class": AccessLog}
    )
    app[SITE] = site
    app[TEMPLATES] = Templates(site)
    app[static.ASSETS] = static.load()
    app.add_routes([*_probes(), *_doors(), *_views()])
    return app


def _probes() -> list[web.RouteDef]:
    return [
        web.get("/healthz", probes.get_health),
        web.get("/readyz", probes.get_ready),
        web.get("/metrics", probes.get_metrics),
        web.get("/static/{name}", static.get_static),
        web.get("/favicon.ico", static.get_icon),
        web.get("/manifest.webmanifest", push.get_manifest),
        web.get("/sw.js", push.get_worker),
        web.get("/a/{token}", acknowledge.show_link),
        web.post("/a/{token}", acknowledge.use_link),
        web.get("/c/{token}.ics", people.get_calendar),
    ]


def _doors() -> list[web.RouteDef]:
    root = "/api/v1"
    return [
        web.post(f"{root}/mentions", mentions.post_mentions),
        web.get(f"{root}/mentions", mentions.get_mentions),
        web.post(f"{root}/mentions/{{id}}/tone", mentions.post_tone),
        web.get(f"{root}/fit", mentions.get_fit),
        web.get(f"{root}/incidents", incidents.get_incidents),
        web.get(f"{root}/incidents/{{id}}", incidents.get_incident),
        web.get(f"{root}/incidents/{{id}}/verify", incidents.get_verify),
        web.get(f"{root}/incidents/{{id}}/record", incidents.get_record),
        web.get(f"{root}/incidents/{{id}}/report", report.get_report),
        web.post(f"{root}/incidents/{{id}}/{{action}}", incidents.post_action),
        web.get(f"{root}/sources", operate.get_sources),
        web.post(f"{root}/sources/{{id}}/{{action}}", operate.post_source),
        web.get(f"{root}/silences", operate.get_silences),
        web.post(f"{root}/silences", operate.post_silence),
        web.delete(f"{root}/silences/{{id}}", operate.delete_silence),
        web.post(f"{root}/drills", operate.post_drill),
        web.get(f"{root}/on-call", people.get_on_call),
        web.get(f"{root}/rotas/{{id}}.ics", people.get_rota),
        web.get(f"{root}/people", people.get_people),
        web.get(f"{root}/people/{{id}}/messages", people.get_messages),
        web.post(f"{root}/erasures", operate.post_erasure),
    ]


def _views() -> list[web.RouteDef]:
    return [
        web.get("/", overview.get_overview),
        web.get("/incidents", views_incidents.get_incidents),
        web.get("/incidents/{id}", views_incidents.get_incident),
        web.get("/incidents/{id}/report", report.get_view),
        web.post("/incidents/{id}/lint", drafting.post_lint),
        web.post("/incidents/{id}/{action}", views_incidents.post_action),
        web.get("/mentions", views_mentions.get_mentions),
        web.post("/mentions/tone", views_mentions.post_tone),
        web.get("/sources", manage.get_sources),
        web.post("/sources/{id}/{action}", manage.post_source),
        web.get("/on-call", oncall.get_on_call),
        web.post("/drills", oncall.post_drill),
        web.get("/people/{id}", oncall.get_person),
        web.post("/people/{id}/push", push.post_subscription),
        web.get("/silences", manage.get_silences),
        web.post("/silences", manage.post_silence),
        web.post("/silences/{id}/end", manage.post_end),
        web.get("/sign-in", signin.get_sign_in),
        web.post("/sign-in", signin.post_sign_in),
        web.post("/sign-out", signin.post_sign_out),
    ]
