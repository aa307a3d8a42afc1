"""Every template: its tasks are whole, and what they claim is executed in the real application.

The trials run in processes beside this one, a few at a time: they wait for applications, mostly.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from gym_anything import content
from gym_anything.app import load_app
from gym_anything.prove import Claim, Plan, execute, jobs_of
from gym_anything.templates import templates_of
from gym_anything.testing import check_template

TEMPLATES = [
    template for app_id in content.app_folders() for template in templates_of(app_id).values()
]
PLAN = Plan(mutations=60)
NEAR_MISSES = 2  # of each template; `gym-anything prove` executes all of them, and longer chains


def jobs_of_a_short_proof():
    """Every solution, judged at its start too, every other way, and the first near misses."""
    for template in TEMPLATES:
        near_misses = 0
        for job in jobs_of([template], [0], PLAN) if is_sampled(template) else ():
            near_misses += job.claim is Claim.NEAR_MISS
            if job.claim is Claim.SOLUTION or (template.level == 1 and is_tried(job, near_misses)):
                yield job


def is_sampled(template):
    return template.level <= 2


def is_tried(job, near_misses):
    if job.claim is Claim.NEAR_MISS:
        return near_misses <= NEAR_MISSES
    return job.claim is not Claim.UNTOUCHED  # the solution's trial judges its start


JOBS = {f"{job.template}-{job.claim.value}-{job.name}": job for job in jobs_of_a_short_proof()}
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
