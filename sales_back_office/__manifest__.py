{
    "name": "Sales Back Office",
    "summary": "Checks, findings and assessment for the people behind a sales team",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Sales Back Office founders",
    "license": "LGPL-3",
    "depends": ["sale_stock", "sale_margin", "account", "calendar", "mail", "resource"],
    "data": [
        "security/sbo_groups.xml",
        "security/ir.model.access.csv",
        "security/sbo_responsibility_rules.xml",
        "views/sbo_menus.xml",
    ],
    "post_init_hook": "post_init_hook",
    "application": True,
}
