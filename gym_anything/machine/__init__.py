"""Machines: where the processes of a desktop run, isolated."""
