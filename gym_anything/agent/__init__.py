"""Agents: what chooses the actions."""
