def post_init_hook(env):
    """Working days of the companies' calendars, so that the first time limit is a plain join; classes of documents.

    Companies that were there before get the classes here: names come translated after the data files only.
    """
    companies = env["res.company"].search([])
    companies.filtered("resource_calendar_id")._sbo_mark_calendar()
    env["sbo.document.class"]._give_to(companies)
