"""Desktop: what an agent sees of a machine and does to it."""
