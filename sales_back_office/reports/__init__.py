from . import sbo_ranking
from . import sbo_customer_paper
from . import sbo_scorecard
