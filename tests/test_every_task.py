"""Every template: its tasks are whole, and what they claim is executed in the real application.

The trials run in processes beside this one, a few at a time: they wait for applications, mostly.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from gym_anything import content
from gym_anything.app import load_app
from gym_anything.prove import Plan, execute, jobs_of
from gym_anything.templates import templates_of
from gym_anything.testing import check_template

TEMPLATES = [
    template for app_id in content.app_folders() for template in templates_of(app_id).values()
]
PLAN = Plan(mutations=60)
EXECUTED = [template for template in TEMPLATES if template.level == 1]
SAMPLED = [template for template in TEMPLATES if template.name == "chain-2"]  # the rest: prove
JOBS = {
    f"{job.template}-{job.claim.value}-{job.name}": job
    for job in (
        *jobs_of(EXECUTED, [0], PLAN),
        *(job for job in jobs_of(SAMPLED, [0], PLAN) if not job.name),
    )
}
WORKERS = 2 * (os.cpu_count() or 1)


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


@pytest.fixture(scope="module")
def trials(request):
    """The trials of the tests that were chosen, as futures by the id of the test."""
    chosen = [
        item.callspec.params["name"]
        for item in request.session.items
        if getattr(item, "originalname", "") == "test_the_claim_holds_in_the_application"
    ]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, mp_context=context) as processes:
        try:
            yield {name: processes.submit(execute, JOBS[name], PLAN) for name in chosen}
        finally:
            processes.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", JOBS)
def test_the_claim_holds_in_the_application(trials, name):
    trial = trials[name].result()
    assert trial.held, trial.reason
