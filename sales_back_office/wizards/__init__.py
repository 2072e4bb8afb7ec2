from . import sbo_finding_decision
