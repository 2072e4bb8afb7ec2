def post_init_hook(env):
    """Working days of the companies' calendars, so that the first time limit is a plain join."""
    env["res.company"].search([("resource_calendar_id", "!=", False)])._sbo_mark_calendar()
