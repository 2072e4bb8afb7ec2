"""Words shared by checks and findings: where something is wrong, how bad it is, who has caused it."""

AREAS = [
    ("customers", "Customers"),
    ("orders", "Orders"),
    ("money", "Money"),
    ("contracts", "Contracts"),
    ("stock", "Stock"),
    ("documents", "Documents"),
    ("statistics", "Statistics"),
    ("support", "Sales Support"),
]
SEVERITIES = [("0", "Info"), ("1", "Low"), ("2", "Medium"), ("3", "High"), ("4", "Critical")]
CAUSES = [
    ("clerk", "Clerk"),
    ("customer", "Customer"),
    ("salesperson", "Salesperson"),
    ("production", "Production"),
    ("purchase", "Purchasing"),
    ("warehouse", "Warehouse"),
    ("finance", "Finance"),
    ("logistics", "Logistics"),
    ("force_majeure", "Force Majeure"),
    ("undetermined", "To Be Clarified"),
]
