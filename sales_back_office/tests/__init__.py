from . import test_home_tour
from . import test_print
from . import test_responsibility_history
from . import test_roles
