from odoo import fields, models

STATES = [
    ("draft", "Not Filed Yet"),
    ("filed", "Filed"),
    ("appraisal", "To Be Appraised"),
    ("destroyed", "Destroyed"),
]


class SboDocument(models.Model):
    """One filed document (档案): what it is, where its paper and its files are, how long it is kept, who may read it."""

    _name = "sbo.document"
    _description = "Filed Document"
    _inherit = ["sbo.document.lent", "sbo.served.mixin", "sbo.checked.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "file_code desc, id desc"
    _rec_names_search = ["file_code", "title", "document_no"]
    _check_company_auto = True

    file_code = fields.Char("Archival Code", readonly=True, copy=False, index="trigram", help="Never used again.")
    title = fields.Char(required=True, tracking=True, index="trigram")
    document_no = fields.Char("Document No.", help="The number on the paper itself.")
    author = fields.Char()
    date = fields.Date("Date", required=True, default=fields.Date.context_today)
    class_id = fields.Many2one("sbo.document.class", "Class", required=True, index=True, check_company=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    secrecy_id = fields.Many2one("sbo.document.secrecy", "Secrecy", required=True, index=True, tracking=True)
    medium = fields.Selection(
        [("paper", "Paper"), ("electronic", "Electronic"), ("both", "Both")], required=True, default="paper")
    pages = fields.Integer()
    copies = fields.Integer(default=1)
    place_id = fields.Many2one(
        "sbo.document.place", "Place", index=True, ondelete="restrict", check_company=True, tracking=True)
    barcode = fields.Char(copy=False, help="On the label; scanned to lend and return.")
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False)
    filed_on = fields.Date("Filed on", readonly=True, copy=False, tracking=True)
    filed_by_id = fields.Many2one("res.users", "Filed by", readonly=True, copy=False)
    keep_until = fields.Date("Kept until", readonly=True, copy=False, index=True, help="Empty: for ever, or not yet known.")
    partner_id = fields.Many2one("res.partner", "Customer", index=True)
    res_model = fields.Char("Record Type", index=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model")
    file_ids = fields.One2many("sbo.document.file", "document_id", "Files")
    active = fields.Boolean(default=True)
