"""Every template: its tasks are whole, and what they claim is executed in the real application."""

import pytest

from gym_anything import content
from gym_anything.app import load_app
from gym_anything.prove import run_trial, trials_of
from gym_anything.templates import templates_of
from gym_anything.testing import check_template

TEMPLATES = [
    template for app_id in content.app_folders() for template in templates_of(app_id).values()
]
SEED = 0
TRIALS = [
    pytest.param(template, claim, name, intents, id=f"{template.id}-{claim.value}-{name}")
    for template in TEMPLATES
    for claim, name, intents in trials_of(template.task(SEED))
]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
def test_the_template_keeps_the_contract(template):
    check_template(template)


@pytest.mark.parametrize("app_id", sorted(content.app_folders()))
def test_an_application_has_templates_of_its_levels_and_of_every_split(app_id):
    templates = templates_of(app_id).values()
    assert len(templates) >= 4
    assert {template.level for template in templates} == set(load_app(app_id).levels)
    splits = {template.split.value for template in templates}
    assert splits in ({"train", "validation", "test"}, {"test-app"})


@pytest.mark.parametrize(("template", "claim", "name", "intents"), TRIALS)
def test_the_claim_holds_in_the_application(template, claim, name, intents):
    trial = run_trial(template.task(SEED), claim, name, intents)
    assert trial.held, trial.reason
