"""What `./dev` does: an Odoo 19, a PostgreSQL, a browser and the checks, from nothing.

The first stage (system Python, standard library only) makes the virtualenv; everything after it runs
inside it.
"""
