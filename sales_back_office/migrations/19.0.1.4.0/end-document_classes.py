"""Companies beside the first one file in the same classes. The last thing: names are translated after the data."""

from openupgradelib import openupgrade


@openupgrade.migrate()
def migrate(env, version):
    env = env(context=dict(env.context, tracking_disable=True))
    env["sbo.document.class"]._give_to(env["res.company"].search([]))
