from odoo import api, models

IN_A_ROW = 3


class SboLabels(models.AbstractModel):
    """Labels to cut or to stick (标签): a square to scan, the code, and words for people; many in one file."""

    _name = "sbo.labels"
    _description = "Labels"

    @api.model
    def _rows(self, labels):
        """Labels in rows of three, the last row filled up with nothing."""
        labels = labels + [None] * (-len(labels) % IN_A_ROW)
        return [labels[at:at + IN_A_ROW] for at in range(0, len(labels), IN_A_ROW)]
