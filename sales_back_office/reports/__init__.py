from . import sbo_delivery_notice
from . import sbo_packing_list
from . import sbo_packing_list_priced
from . import sbo_ranking
from . import sbo_scorecard
