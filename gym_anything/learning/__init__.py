"""Learning: what needs torch. The only part of the library that imports it."""
