"""Actions as elements of a space, and in the formats of other suites."""
