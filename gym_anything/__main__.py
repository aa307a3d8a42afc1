"""`python -m gym_anything` is `gym-anything`."""

from gym_anything.cli import main

main()
