from . import sbo_ranking
from . import sbo_customer_paper
from . import sbo_scorecard
from . import sbo_handover
from . import sbo_handover_list
from . import sbo_leaver_list
