"""Prove: execute what a task claims, in the real application, before anybody trusts its reward.

trials    one claim, executed: solution, untouched start, near miss, variation, random agent
solved    what a verifier says of a solved state whose files were changed a little
campaign  all of them, in parallel, to be resumed
proof     what all of that showed, as a table and as a file
"""

from gym_anything.prove.campaign import Job, Plan, count_trials, execute, jobs_of, prove
from gym_anything.prove.proof import Proof, summarize
from gym_anything.prove.trials import Claim, Trial, run_trial, trials_of

__all__ = [
    "Claim",
    "Job",
    "Plan",
    "Proof",
    "Trial",
    "count_trials",
    "execute",
    "jobs_of",
    "prove",
    "run_trial",
    "summarize",
    "trials_of",
]
