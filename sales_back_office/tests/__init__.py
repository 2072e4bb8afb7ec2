from . import test_responsibility_history
