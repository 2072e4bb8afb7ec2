"""The same examples on every run: a red suite is to mean a change, not bad luck."""
from hypothesis import settings

settings.register_profile("sbo", derandomize=True, database=None, deadline=None)
settings.load_profile("sbo")
