from . import base_partner_merge_automatic_wizard
from . import sbo_finding_decision
from . import sbo_assessment_decision
from . import sbo_assessment_start
from . import sbo_customer_grading
from . import sbo_customer_verification
from . import sbo_assignment_decision
