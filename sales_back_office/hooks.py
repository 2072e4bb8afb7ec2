def post_init_hook(env):
    """Working days of the companies' calendars, so that the first time limit is a plain join."""
    env["sbo.working.day"]._ensure(env["resource.calendar"]._sbo_in_use())
