"""Who may say who runs the platform, by hand: the status each gets.

Nobody, a member, support, an operator, the admin who asked, another admin, an admin without a second factor, a key of
an admin's, the operator's key.
"""

ROLES = ("anonymous", "member", "support", "runner", "asker", "admin", "admin by password", "admin's key", "operator")
_REQUESTS = "/v1/platform/role-requests"
MATRIX = {
    "GET /v1/platform/staff": (401, 403, 403, 403, 200, 200, 403, 403, 403),
    f"GET {_REQUESTS}": (401, 403, 403, 403, 200, 200, 403, 403, 403),
    f"POST {_REQUESTS}": (401, 403, 403, 403, 201, 201, 403, 403, 403),
    f"POST {_REQUESTS}/{{request_id}}/confirmation": (401, 403, 403, 403, 403, 200, 403, 403, 403),
    f"DELETE {_REQUESTS}/{{request_id}}": (401, 403, 403, 403, 200, 200, 403, 403, 403),
}
