"""Web: the HTTP doors for programs, and the views for people."""

from amends.web.accesslog import AccessLog
from amends.web.app import create_app
from amends.web.ports import Listing, Site, SourceDesk, SourceStatus, Store

__all__ = ["AccessLog", "Listing", "Site", "SourceDesk", "SourceStatus", "Store", "create_app"]
