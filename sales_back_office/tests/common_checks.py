from .common import SboCommon, at


class SboCheckCommon(SboCommon):
    """Checks at work on facts made by hand: run at a moment, look at the findings of the records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The stories play in the past: what this database was checked for before must not stand against it.
        cls.env["sbo.check.run"].search([]).unlink()

    @classmethod
    def _shipped(cls, code):
        return cls.env["sbo.check"].search([("code", "=", code)])

    @classmethod
    def _check(cls, domain="[]", model="res.partner", **vals):
        """A check made in the screen: by default on customers, found at once, answered by their clerk."""
        number = cls.env["sbo.check"].with_context(active_test=False).search_count([])
        return cls.env["sbo.check"].create({
            "name": f"Story {number}", "code": f"story_{number}", "area": "customers", "kind": "domain",
            "model_id": cls.env["ir.model"]._get_id(model), "domain": domain, **vals,
        })

    def _run(self, check, moment, company=None, **kwargs):
        """Run at a Shanghai moment; returns what was added, changed and closed."""
        [(_check, _company, counts)] = check._run(as_of=at(moment), companies=company or self.company, **kwargs)
        return counts

    def _findings(self, record, check=None):
        domain = [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        if check:
            domain.append(("check_id", "=", check.id))
        return self.env["sbo.finding"].search(domain, order="id")

    @classmethod
    def _note(cls, user, **vals):
        """A finding noted by hand about a person."""
        check = cls.env.ref("sales_back_office.sbo_check_noted")
        return cls.env["sbo.finding"].create({"check_id": check.id, "user_id": user.id, **vals})

    def _is_open(self, findings):
        return [not finding.closed_at for finding in findings]
