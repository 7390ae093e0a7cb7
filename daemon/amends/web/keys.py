"""Typed keys of what an application and a request carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from amends.web.guard import Caller
    from amends.web.ports import Site
    from amends.web.templating import Templates

SITE: web.AppKey[Site] = web.AppKey("site")
TEMPLATES: web.AppKey[Templates] = web.AppKey("templates")
CALLER: web.RequestKey[Caller] = web.RequestKey("caller")
