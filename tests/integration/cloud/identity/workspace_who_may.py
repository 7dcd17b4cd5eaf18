"""Who may use workspaces' routes, by hand: the status each gets.

Nobody, somebody who is not in the workspace, a member, finance, an admin, an owner, a key of the owner's, an admin of
the whole cloud, the operator's key.
"""

ROLES = ("anonymous", "outsider", "member", "finance", "admin", "owner", "owner's key", "platform", "operator")
_IN = "/v1/workspaces/{workspace_id}"
MATRIX = {
    "GET /v1/workspaces": (401, 200, 200, 200, 200, 200, 200, 200, 403),
    "POST /v1/workspaces": (401, 201, 201, 201, 201, 201, 403, 201, 403),
    f"GET {_IN}": (401, 404, 200, 200, 200, 200, 403, 404, 404),
    f"PATCH {_IN}": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"DELETE {_IN}": (401, 404, 403, 403, 403, 200, 403, 404, 404),
    f"POST {_IN}/transfer": (401, 404, 403, 403, 403, 200, 403, 404, 404),
    f"GET {_IN}/members": (401, 404, 200, 200, 200, 200, 403, 404, 404),
    f"PUT {_IN}/members/{{account_id}}": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"DELETE {_IN}/members/{{account_id}}": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"GET {_IN}/invitations": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"POST {_IN}/invitations": (401, 404, 403, 403, 201, 201, 403, 404, 404),
    f"DELETE {_IN}/invitations/{{invitation_id}}": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    "POST /v1/workspace-invitations/acceptance": (401, 404, 404, 404, 404, 404, 403, 404, 403),
    "POST /v1/workspace-invitations/refusal": (401, 404, 404, 404, 404, 404, 403, 404, 403),
}
_TOKEN = {"token": "x" * 43}
BODIES = {
    "POST /v1/workspaces": {"name": "Band"},
    f"PATCH {_IN}": {"name": "Other"},
    f"PUT {_IN}/members/{{account_id}}": {"role": "finance"},
    f"POST {_IN}/invitations": {"email": "new@example.org", "role": "member"},
    "POST /v1/workspace-invitations/acceptance": _TOKEN,
    "POST /v1/workspace-invitations/refusal": _TOKEN,
}
