"""The first thing of the upgrade: whether what it needs is there. A first installation does not need it."""

try:
    from openupgradelib import openupgrade
except ImportError as error:
    raise ImportError(
        "Upgrading Sales Back Office needs the Python package openupgradelib. Install it beside Odoo "
        "(pip install openupgradelib) and start the upgrade again; nothing has been changed."
    ) from error


@openupgrade.migrate()
def migrate(env, version):
    """Columns are made by the models themselves; what old rows need comes after (post-documents.py)."""
