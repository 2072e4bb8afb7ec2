from odoo import api, models
from odoo.tools import SQL

from ..tools.safe_names import safe_name, unique_name

# What the index of a set says: enough to find a paper without Odoo, and to take the files back into an empty one.
COLUMNS = [
    "path", "sha256", "size", "file_code", "title", "document_no", "author", "date", "class_code", "class", "secrecy",
    "medium", "pages", "copies", "state", "filed_on", "keep_until", "place", "customer", "customer_ref",
    "record_model", "record_id", "name", "version", "mimetype", "document_id", "file_id",
]


class SboBackupRows(models.AbstractModel):
    """What a backup says of each document and each of its files."""

    _name = "sbo.backup.rows"
    _description = "Index of a Backup"

    @api.model
    def _documents_after(self, company, last_id, limit) -> list:
        """Facts of the company's next documents, archived and destroyed ones too."""
        self.env.flush_all()
        lang = company.partner_id.lang or "en_US"
        return self.env.execute_query_dict(SQL(
            """SELECT d.id AS document_id, d.file_code, d.title, d.document_no, d.author, d.date, c.code AS class_code,
                      COALESCE(c.name->>%(lang)s, c.name->>'en_US') AS class,
                      COALESCE(s.name->>%(lang)s, s.name->>'en_US') AS secrecy, d.medium, d.pages, d.copies, d.state,
                      d.filed_on, d.keep_until, l.complete_name AS place, p.name AS customer, p.ref AS customer_ref,
                      d.res_model AS record_model, d.res_id AS record_id
                 FROM sbo_document d
                 LEFT JOIN sbo_document_class c ON c.id = d.class_id
                 LEFT JOIN sbo_document_secrecy s ON s.id = d.secrecy_id
                 LEFT JOIN sbo_document_place l ON l.id = d.place_id
                 LEFT JOIN res_partner p ON p.id = d.partner_id
                WHERE d.company_id = %(company)s AND d.id > %(last)s ORDER BY d.id LIMIT %(limit)s""",
            lang=lang, company=company.id, last=last_id, limit=limit))

    @api.model
    def _with_files(self, documents) -> list:
        """[(document, its files)], each with the row that the index gets."""
        files = self.env["sbo.archive.source"]._files(
            SQL("f.document_id = ANY(%s)", [document["document_id"] for document in documents]))
        by_document = {}
        for file in files:
            by_document.setdefault(file["document_id"], []).append(file)
        return [(document, by_document.get(document["document_id"], [])) for document in documents]

    @api.model
    def _paths(self, document, files) -> list:
        """A path for each file of a document: the same whenever and by whomever it is made."""
        taken = set()
        year = str(document["date"].year) if document["date"] else "0000"
        folder = f"{safe_name(document['file_code'] or document['title'], 80)}_{document['document_id']}"
        return [f"files/{year}/{folder}/{unique_name(file['name'], taken)}" for file in files]
