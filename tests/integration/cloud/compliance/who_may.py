"""Who may use the routes of compliance, by hand: the status each gets for the owner's copy."""

ROLES = ("anonymous", "stranger", "owner", "owner's key", "operator")
MATRIX = {
    "POST /v1/account/exports": (401, 202, 202, 403, 403),
    "GET /v1/account/exports": (401, 200, 200, 403, 403),
    "GET /v1/account/exports/{export_id}/content": (401, 404, 200, 403, 403),
}
