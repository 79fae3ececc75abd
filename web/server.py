"""Serves the pages with gunicorn: worker processes with threads, each with its own connections to the house."""

from __future__ import annotations

import atexit
from contextlib import ExitStack

from flask import Flask
from gunicorn.app.base import BaseApplication

from intake.house import open_house
from intake.settings import Settings
from web.app import make_app

PROCESSES = 2
THREADS = 8


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, set up from here instead of from a file. Processes start apart, so that none shares a connection."""

    def __init__(self, settings: Settings, host: str, port: int) -> None:
        self._settings = settings
        self._address = f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        for name, setting in {
            "bind": self._address,
            "workers": PROCESSES,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 5,
            "limit_request_line": 4094,
            "limit_request_field_size": 8190,
            "proc_name": "mappa-intake web",
            "loglevel": "warning",
            "accesslog": None,
            # Names that people typed must not end in a page's address, but an address is not logged either.
            "errorlog": "-",
        }.items():
            self.cfg.set(name, setting)

    def load(self) -> Flask:
        open_things = ExitStack()
        atexit.register(open_things.close)
        return make_app(open_things.enter_context(open_house(self._settings)))
