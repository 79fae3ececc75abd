"""Restricting a case on its page; to whoever is not named every address of it answers as if there were no such case."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

from conftest import MakeVisitor
from flask import Flask
from house import PASSWORD, Cast
from scenes import Scene
from visitors import Visitor, text_of
from visits import VISITS, address, go

from intake.house import House


def test_a_coordinator_restricts_a_case_and_lifts_that(
    house: House, cast: Cast, arrived: Callable[..., UUID], coordinator: Visitor, visitors: dict[str, Visitor]
) -> None:
    one = arrived()
    page = coordinator.page(f"/cases/{one}/restrict")
    offered = {box.getparent().text_content().split()[0] for box in page.xpath("//input[@name='people']")}
    assert offered == {"Carol", "Yvonne", "Mona"}
    (me,) = page.xpath("//input[@name='people' and @checked]/@value")
    answer = coordinator.send(f"/cases/{one}/restrict", {"people": [me], "why": ""})
    assert answer.status_code == 422 and "Say why" in text_of(coordinator.parsed(answer))
    answer = coordinator.send(f"/cases/{one}/restrict", {"people": [me, "no uuid"], "why": "His aunt works here."})
    shown = text_of(coordinator.page(answer.location))
    assert "Only Carol Finch can see this case" in shown and "His aunt works here." in shown
    assert visitors["yot"].get(f"/referrals/{one}").status_code == 404
    coordinator.send(f"/cases/{one}/restrict", {"people": [me, str(cast.yot.id)], "why": "His aunt works here."})
    told = text_of(visitors["yot"].page(f"/referrals/{one}"))
    assert "only Carol Finch, Yvonne Otter can see this referral" in told and "aunt" not in told
    assert coordinator.send(f"/cases/{one}/restrict/lift").status_code == 302
    assert "Restrict this case" in text_of(coordinator.page(f"/cases/{one}"))


def test_every_address_of_it_answers_others_as_if_it_were_not_there(
    app: Flask, house: House, cast: Cast, scene: Scene, visitor: MakeVisitor
) -> None:
    deputy = house.people.add_person("deputy@example.org", "Dora Finch", "coordinator", PASSWORD, area="WM")
    named = {visit.referral for visit in VISITS.values() if visit.referral}
    house.desk.restrict(cast.coordinator, scene.complete, {cast.coordinator.id}, "His aunt works here.")
    hidden = replace(scene, **dict.fromkeys(named, scene.complete))
    nowhere = replace(scene, **dict.fromkeys(named, uuid4()))
    tried = 0
    for person in (deputy, cast.manager):
        one = visitor(person)
        for (endpoint, method), visit in VISITS.items():
            if visit.referral:
                answers = [go(one, address(app, endpoint, visit, about), visit) for about in (hidden, nowhere)]
                told = [
                    re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|value=\"[\w.=-]{20,}\"", "", answer.get_data(as_text=True))
                    for answer in answers
                ]
                assert answers[0].status_code in (403, 404), (method, endpoint)
                assert answers[0].status_code == answers[1].status_code and told[0] == told[1], (method, endpoint)
                tried += 1
    assert tried > 50
