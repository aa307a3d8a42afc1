"""Every template: its tasks are whole, and what they claim is executed in the real application.

The trials run in processes beside this one, a few at a time: they wait for applications, mostly.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from zlib import crc32

import pytest

from gym_anything import content
from gym_anything.app import load_app
from gym_anything.prove import Claim, Plan, execute, jobs_of
from gym_anything.task import Split
from gym_anything.templates import templates_of
from gym_anything.testing import check_template

TEMPLATES = [
    template for app_id in content.app_folders() for template in templates_of(app_id).values()
]
PLAN = Plan(mutations=60)


WHOLE = ("galculator", "mousepad", "libreoffice_calc")
"""Applications of three toolkits, all of whose claims are executed here."""


def jobs_of_a_short_proof():
    """Solutions, judged at their start too, and near misses and other ways at level 1.

    Of the WHOLE applications all of them, of another's template one of each, which differs from
    template to template. `gym-anything prove` executes everything, and the longer chains.
    """
    for template in TEMPLATES:
        if template.level > 2 or (template.level == 2 and template.split is not Split.TRAIN):
            continue
        jobs = list(jobs_of([template], [0], PLAN))
        yield from (job for job in jobs if job.claim is Claim.SOLUTION)
        for claim in (Claim.NEAR_MISS, Claim.VARIATION) if template.level == 1 else ():
            listed = [job for job in jobs if job.claim is claim]
            chosen = crc32(template.id.encode()) % max(1, len(listed))
            yield from listed if template.app in WHOLE else listed[chosen : chosen + 1]


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
