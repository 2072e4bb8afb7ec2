class ClosedCommon:
    """Calls that bring along what comes with a step only, the two ways that a person has."""

    def _by_both(self, user, model, closed):
        """The model as this user calls it: once with the context, once with defaults of their own."""
        yield self.env[model].with_user(user).with_context(
            **{f"default_{name}": value for name, value in closed.items()})
        for name, value in closed.items():
            self.env["ir.default"].with_user(user).set(model, name, value, user_id=True)
        yield self.env[model].with_user(user)

    def _assert_open(self, record, closed):
        record = record.with_env(self.env)
        for name, value in closed.items():
            found = record[name].id if record._fields[name].relational else record[name]
            self.assertNotEqual(found, value, name)
