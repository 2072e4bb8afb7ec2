"""Brings data of real companies into an empty database, for trying out and for the tests."""
