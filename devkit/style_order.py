"""The order of a model's members: a reader finds a thing where it always is."""

import ast

SECTIONS = (
    "private attributes",
    "fields",
    "constraints and indexes",
    "defaults",
    "computes, inverses and searches",
    "constrains",
    "onchanges",
    "ORM overrides",
    "actions",
    "crons",
    "public methods",
    "private methods",
)
(ATTRIBUTE, FIELD, CONSTRAINT, DEFAULT, COMPUTE, CONSTRAINS, ONCHANGE, ORM, ACTION, CRON, PUBLIC, PRIVATE) = (
    range(12)
)
# methods of Odoo's base model, and of mail.thread, that models override
OVERRIDES = {
    "__init__",
    "create",
    "write",
    "unlink",
    "copy",
    "copy_data",
    "default_get",
    "name_create",
    "name_search",
    "read",
    "read_group",
    "formatted_read_group",
    "web_read",
    "web_save",
    "web_search_read",
    "search",
    "search_fetch",
    "search_count",
    "search_read",
    "browse",
    "init",
    "fields_get",
    "get_view",
    "get_views",
    "load",
    "export_data",
    "toggle_active",
    "action_archive",
    "action_unarchive",
    "check_access",
    "has_access",
    "get_import_templates",
    "_auto_init",
    "_register_hook",
    "_unregister_hook",
    "_table_query",
    "_depends",
    "_search",
    "_read_group",
    "_read_group_select",
    "_read_group_groupby",
    "_read_group_orderby",
    "_order_field_to_sql",
    "_field_to_sql",
    "_get_view",
    "_get_view_cache_key",
    "_name_search",
    "_search_display_name",
    "_check_company",
    "_compute_access_url",
    "_compute_field_value",
    "_valid_field_parameter",
    "_check_access",
    "_get_report_values",
    "_get_report_base_filename",
    "_track_subtype",
    "_track_template",
    "_mail_get_partners",
    "_message_post_after_hook",
    "_creation_subtype",
    "_notify_get_recipients_groups",
    "_where_calc",
    "_flush",
    "_load_records_create",
    "_load_records_write",
    "_search_panel_field_image",
    "_get_external_ids",
    "_condition_to_sql",
    "message_new",
    "message_update",
    "message_post",
}
METHOD_OPTIONS = ("compute", "inverse", "search", "group_expand", "selection")
DECORATORS = {"constrains": CONSTRAINS, "onchange": ONCHANGE, "ondelete": ORM}
PREFIXES = (
    ("_default_", DEFAULT),
    ("_compute_", COMPUTE),
    ("_inverse_", COMPUTE),
    ("_search_", COMPUTE),
    ("_selection_", COMPUTE),
    ("_read_group_expand", COMPUTE),
    ("_group_expand", COMPUTE),
    ("_onchange_", ONCHANGE),
    ("action_", ACTION),
    ("_cron_", CRON),
)


def order_problems(model):
    """(line, sentence) for the fewest members that would have to move."""
    used = _methods_of_fields(model)
    members = [(item, _section(item, used)) for item in model.body]
    members = [(item, section) for item, section in members if section is not None]
    staying = _longest_ordered([section for _item, section in members])
    for index, (item, section) in enumerate(members):
        if index not in staying:
            yield (
                item.lineno,
                f"{_name(item)} stands among {_neighbours(members, staying, index)}, not {SECTIONS[section]}",
            )
    last = -1
    for item, section in members:
        place = used.get(_name(item), -1) if section == COMPUTE else -1
        if place >= 0:
            if place < last:
                yield item.lineno, f"{_name(item)} stands in another order than its field"
            last = max(last, place)


def _longest_ordered(numbers):
    """Indexes of a longest part that never goes down."""
    best = []
    for index, number in enumerate(numbers):
        before = [chain for chain in best if numbers[chain[-1]] <= number]
        best.append([*max(before, key=len, default=[]), index])
    return set(max(best, key=len, default=[]))


def _neighbours(members, staying, index):
    """The section a misplaced member stands in."""
    sections = [section for i, (_item, section) in enumerate(members) if i in staying and i < index]
    return SECTIONS[sections[-1] if sections else ATTRIBUTE]


def _methods_of_fields(model):
    """Names of the methods that fields name, with the place of the first field that does."""
    used = {}
    for place, item in enumerate(model.body):
        if not (isinstance(item, ast.Assign) and isinstance(item.value, ast.Call)):
            continue
        for keyword in item.value.keywords:
            if keyword.arg in METHOD_OPTIONS and isinstance(keyword.value, ast.Constant):
                used.setdefault(keyword.value.value, place)
    return used


def _section(item, used):
    """Where a member belongs; None for what has no place of its own."""
    if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _method_section(item, used)
    if isinstance(item, (ast.Assign, ast.AnnAssign)):
        call = item.value.func if isinstance(item.value, ast.Call) else None
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name):
            return {"fields": FIELD, "models": CONSTRAINT}.get(call.value.id, ATTRIBUTE)
        return ATTRIBUTE
    return None


def _method_section(item, used):
    for decorator in item.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(function, ast.Attribute) and function.attr in DECORATORS:
            return DECORATORS[function.attr]
    if item.name in used:
        return COMPUTE
    if item.name in OVERRIDES:
        return ORM
    for prefix, section in PREFIXES:
        if item.name.startswith(prefix):
            return section
    return PRIVATE if item.name.startswith("_") else PUBLIC


def _name(item):
    if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
        return item.targets[0].id
    return getattr(item, "name", "an attribute")
