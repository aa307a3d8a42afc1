"""Learning: samples, models and what trains them. The only part of the library that imports torch.

samples, said, verdicts and ranking do without it.
"""
