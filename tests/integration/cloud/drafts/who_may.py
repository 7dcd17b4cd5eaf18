"""Who may use the drafts' routes, by hand: the status each gets.

Nobody, a member whom it does not belong to, whom it belongs to, keys of theirs without a scope for drafts, to read and
to change them, support, an admin, the operator's key. Drafts, clients and dead letters are always the caller's own:
others' do not exist.
"""

ROLES = ("anonymous", "stranger", "owner", "owner's key", "reader", "writer", "support", "admin", "operator")
MATRIX = {
    "POST /v1/sync/operations": (401, 404, 200, 403, 403, 200, 404, 404, 403),
    "GET /v1/sync/changes": (401, 200, 200, 403, 200, 200, 200, 200, 403),
    "PUT /v1/sync/clients/{client_id}": (401, 404, 200, 403, 403, 200, 404, 404, 403),
    "DELETE /v1/sync/clients/{client_id}": (401, 404, 200, 403, 403, 403, 404, 404, 403),
    "GET /v1/sync/clients": (401, 200, 200, 403, 200, 200, 200, 200, 403),
    "GET /v1/sync/dead-letters": (401, 200, 200, 403, 200, 200, 200, 200, 403),
    "GET /v1/ops/dead-letters": (401, 403, 403, 403, 403, 403, 200, 200, 200),
    "GET /v1/drafts/{kind}/{draft_id}": (401, 404, 200, 403, 200, 200, 404, 404, 403),
    "PUT /v1/drafts/{kind}/{draft_id}": (401, 404, 200, 403, 403, 200, 404, 404, 403),
    "DELETE /v1/drafts/{kind}/{draft_id}": (401, 404, 200, 403, 403, 200, 404, 404, 403),
}
