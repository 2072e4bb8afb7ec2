from . import sbo_finding_decision
from . import sbo_assessment_decision
from . import sbo_assessment_start
from . import sbo_order_answer
from . import sbo_order_issue_step
from . import sbo_order_progress_entry
