"""Reports: episodes and results as pictures and pages."""
