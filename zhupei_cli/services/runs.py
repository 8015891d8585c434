"""Stored admission runs: written with their inputs, found, listed, verified."""
