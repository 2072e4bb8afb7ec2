from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class SboDocumentPart(models.AbstractModel):
    """What belongs to a filed document is read by whoever reads the document: its files, where it has been.

    Secrecy is decided in one place, the record rules of ``sbo.document``; what they open or close, follows here.
    """

    _name = "sbo.document.part"
    _description = "Part of a Document"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not self.ids or result and result[0] == self:
            return result
        left = self - result[0] if result else self
        # Superuser: only the way to the document; whether it may be read is asked as the user.
        documents = left.sudo().document_id.sudo(False)
        allowed = documents._filtered_access("read" if operation == "read" else "write")
        closed = left.filtered(lambda part: part.sudo().document_id.id not in allowed.ids)
        if not closed:
            return result
        closed |= result[0] if result else self.browse()
        closed.invalidate_recordset()
        return closed, lambda: AccessError(self.env._("The document it belongs to is not open to you."))

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False, **kwargs):
        if not (self.env.su or bypass_access):
            documents = self.env["sbo.document"]._search(Domain.TRUE, active_test=False)
            if documents.is_empty():
                domain = Domain.FALSE
            elif documents.where_clause:
                domain = Domain(domain) & Domain("document_id", "in", documents)
        return super()._search(domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access,
                               **kwargs)
