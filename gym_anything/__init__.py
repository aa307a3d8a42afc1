"""Real desktop applications as Gymnasium environments, with rewards that are proved.

Importing registers the environments' ids and does nothing else.
"""

from gym_anything.records import Action, Observation, Score, Trajectory
from gym_anything.registration import register_all

__version__ = "0.1.0"
__all__ = ["Action", "Observation", "Score", "Trajectory", "__version__"]

register_all()
