"""Mutation: solved files changed a little, to see whether a verifier notices. After documents."""
