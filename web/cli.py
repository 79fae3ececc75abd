"""The command line: `mappa-intake`, a third door into the house beside the pages and the API.

Each command is loaded only when it is called, so that reading a form does not wait for the web to be imported.
"""

from __future__ import annotations

import importlib
import resource

import click

COMMANDS = {
    "run": "web.commands.serve:run",
    "web": "web.commands.serve:web",
    "worker": "web.commands.serve:worker",
    "read": "web.commands.reading:read",
    "check": "web.commands.checking:check",
    "due": "web.commands.due:due",
    "migrate": "web.commands.serve:bring_up_to_date",
    "backup": "web.commands.keeping:backup",
    "restore": "web.commands.keeping:restore_desk",
    "rotate-key": "web.commands.keeping:rotate_key",
    "person": "web.commands.people:person",
    "audit": "web.commands.audit:audit",
}


class Commands(click.Group):
    """Finds a command in COMMANDS and imports only its module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A referral desk for MAPPA: reads forms A, H and I, judges them, and brings each case to a decision in time."""
    # What a process or a child of it held in memory must not end on a disk in clear when it dies.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
