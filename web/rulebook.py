"""The rule book as the software applies it: every rule with its conditions in words, its questions and its sources."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from validation.check import DEFAULT_PACK
from validation.pack import load_pack
from web.session import allowed

pages = Blueprint("rulebook", __name__, url_prefix="/rules")


@pages.get("")
@allowed(None)
def rules() -> str:
    """All rules of the pack in force, section by section."""
    pack = load_pack(DEFAULT_PACK)
    sections = dict.fromkeys(rule.section for rule in pack.rules())
    by_section = [(section, [rule for rule in pack.rules() if rule.section == section]) for section in sections]
    return render_template("rules.html", pack=pack, by_section=by_section)


@pages.get("/<rule_id>")
@allowed(None)
def rule(rule_id: str) -> str:
    """One rule: when it applies, what meets it, what it asks, and where it comes from."""
    pack = load_pack(DEFAULT_PACK)
    found = next((rule for rule in pack.rules() if rule.id == rule_id), None)
    if found is None:
        abort(404)
    return render_template("rule.html", pack=pack, rule=found)
