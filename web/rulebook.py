"""The rule book as the software applies it: every rule with its tests in words, its questions, sources and examples."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from validation.pack import pack_names
from validation.rulebook import EVERY_DAY, rule_book
from web.session import allowed, the_house

pages = Blueprint("rulebook", __name__, url_prefix="/rules")


@pages.get("")
@allowed(None)
def rules() -> str:
    """All rules of the pack that this desk judges by, section by section, with its routes and duties."""
    return render_template("rules.html", book=rule_book(the_house().settings.pack))


@pages.get("/<rule_id>")
@allowed(None)
def rule(rule_id: str) -> str:
    """One rule, from another pack where only a case judged before the pack was changed can have named it."""
    for pack in (the_house().settings.pack, *pack_names()):
        book = rule_book(pack)
        for section in book.sections:
            for entry in section.entries:
                if entry.id == rule_id:
                    return render_template("rule.html", book=book, rule=entry, EVERY_DAY=EVERY_DAY)
    abort(404)
