"""`amends`: the group of all commands, and what their failures become."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# name: (where it lives, one line of help); under the heading that `amends --help` shows it.
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Watch": {
        "demo": ("amends.cli.demo:demo_command", "Watch a crisis come and go in a town made up on this machine."),
        "init": ("amends.cli.init:init_command", "Write a working amends.yaml for a brand."),
        "check": ("amends.cli.check:check_command", "Check amends.yaml, and say what it will do."),
        "run": ("amends.cli.run:run_command", "Run the daemon."),
    },
    "Talk to the running daemon": {
        "incidents": ("amends.cli.incidents:incidents_group", "List, show, acknowledge, resolve and verify incidents."),
        "silence": ("amends.cli.silence:silence_group", "Keep a brand from paging for a while."),
        "oncall": ("amends.cli.oncall:oncall_command", "Say who is on call, and who would be paged."),
        "sources": ("amends.cli.sources:sources_group", "List, poll, pause and resume sources; try one out."),
        "report": ("amends.cli.incident_report:report_command", "Tell an incident's story, and what to change."),
        "forget": ("amends.cli.forget:forget_command", "Erase an author's words; counts and proofs stay."),
        "drill": ("amends.cli.drill:drill_command", "Send a marked test page through the real channels."),
    },
    "Work on the store": {
        "db": ("amends.cli.db:db_group", "Back up, put back, check and shrink the store."),
    },
    "Work on files, with no daemon": {
        "replay": ("amends.cli.replay:replay_command", "Run recorded mentions through the detector at full speed."),
        "score": ("amends.cli.score:score_command", "Score the tone of texts."),
        "detect": ("amends.cli.detect:detect_command", "Find alarms in counts (CSV)."),
        "lint": ("amends.cli.lint:lint_command", "Check the draft of an apology."),
    },
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, not to be listed."""

    def __init__(
        self, *args: object, sections: Mapping[str, Mapping[str, tuple[str, str]]] | None = None, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # click's own arguments, handed on
        self._sections = sections or {}

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a reader (head, less) that has had enough is no failure of ours."""
        try:
            found: object = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command, in the order of the help."""
        return [name for section in self._sections.values() for name in section] + super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        for section in self._sections.values():
            if cmd_name in section:
                module, _, name = section[cmd_name][0].partition(":")
                command: click.Command = getattr(import_module(module), name)
                return command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands under their headings, without importing them."""
        for heading, section in self._sections.items():
            with formatter.section(heading):
                formatter.write_dl([(name, text) for name, (_, text) in section.items()])
        own = [(name, self.commands[name].get_short_help_str(100)) for name in super().list_commands(ctx)]
        if own:
            with formatter.section("Commands"):
                formatter.write_dl(own)


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's shape
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow, and for --version alone

    try:
        number = version("amends")
    except PackageNotFoundError:
        number = "0 (not installed)"
    click.echo(f"amends {number}")
    ctx.exit()


@click.command(
    cls=LazyGroup,
    sections=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExamples:\n"
    "  amends demo                                   see it work, with nothing to set up\n"
    '  amends init "Acme" --lang en,fr               write amends.yaml, then edit it\n'
    "  amends check --online                         try every source and channel\n"
    "  amends run                                    watch, and page when the tone turns\n"
    "  amends incidents ack acme-1 --by lea          tell the others that you have it\n"
    "  amends replay mentions.jsonl                  what would have paged, and when\n\n\b\n"
    "Exit codes: 0 done, 1 the job failed, 2 your input is wrong.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
def app() -> None:
    """Amends watches what is said about a brand and pages a human when the tone turns.

    Results go to standard output (a table at a terminal, JSON Lines otherwise or with --json), all else to standard
    error. The configuration is -c FILE after the command, else $AMENDS_CONFIG, ./amends.yaml, /etc/amends/amends.yaml.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with 0, 1 or 2."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    from amends.model import AmendsError, InputError  # noqa: PLC0415 - so that `import amends.cli` stays light

    _fill()
    try:
        code = app.main(args=arguments, prog_name="amends", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as stop:  # a command that has told its failure itself
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except (click.Abort, KeyboardInterrupt):
        click.echo("amends: stopped", err=True)
        return 1
    except AmendsError as error:
        _tell(error)
        return 2 if isinstance(error, InputError) else 1
    except OSError as error:  # a disk that is full, a terminal that is gone: what is our input's fault is told before
        _tell(AmendsError(f"stopped: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}"))
        _forget_output()
        return 1
    return code if isinstance(code, int) else 0


def _fill() -> None:
    """Put nothing in the place of a standard stream that is closed: what is read is empty, what is said is lost."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - open until the process ends
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - the same


def _forget_output() -> None:
    """Let the interpreter's last flush go nowhere, where the output cannot be written."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def _tell(error: Exception) -> None:
    from amends.observe.printable import printable  # noqa: PLC0415 - only needed where something went wrong

    lines = getattr(error, "problems", None)
    if lines is None:
        click.echo(f"amends: {printable(str(error), lines=True)}", err=True)
        return
    for line in lines:
        click.echo(printable(str(line)), err=True)
