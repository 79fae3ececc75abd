"""Serves the pages with gunicorn: worker processes with threads, each with its own connections to the house."""

from __future__ import annotations

import atexit
import gc
import time
from contextlib import ExitStack
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker

from intake.errors import HouseError
from intake.house import open_house
from intake.settings import Settings
from web.app import make_app
from web.logs import ServerLog

PROCESSES = 2
THREADS = 8
PATIENCE = 30.0
"""Seconds that a process waits for the database before it gives up."""


class Process(ThreadWorker):  # type: ignore[misc]
    """A process of the web with threads."""

    def handle_quit(self, *signalled: Any) -> None:
        """End at once. gunicorn's own way closes the pool of threads from within the signal's handler, and waits for ever where
        the signal came just while a request was being given to the pool: the process then keeps the pages' port."""
        Worker.handle_quit(self, *signalled)


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
            "worker_class": Process,
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
            # No second way in: signals are enough.
            "control_socket_disable": True,
            # What a proxy says of the browser is believed in web/proxies.py, as far as it is configured, and nowhere else.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "logger_class": ServerLog,
            # What is there before a process begins is not gone through again for waste in each: its memory stays shared.
            "pre_fork": lambda server, worker: gc.freeze(),
        }.items():
            self.cfg.set(name, setting)

    def load(self) -> Flask:
        """Called in each process. Waits for a database that is just starting again: gunicorn ends altogether when this fails."""
        open_things, until = ExitStack(), time.monotonic() + PATIENCE
        atexit.register(open_things.close)
        while True:
            try:
                return make_app(open_things.enter_context(open_house(self._settings)))
            except HouseError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
