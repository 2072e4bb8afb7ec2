from . import sbo_ranking
from . import sbo_scorecard
