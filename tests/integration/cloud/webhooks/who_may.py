"""Who may use the routes of webhooks, by hand: the status each gets.

Nobody, somebody who is not in the workspace, a member, finance, an admin, an owner, a key of the owner's, an admin of
the whole cloud, the operator's key. The webhook is the workspace's, with a message that was not delivered.
"""

ROLES = ("anonymous", "outsider", "member", "finance", "admin", "owner", "owner's key", "platform", "operator")
_ALL = "/v1/workspaces/{workspace_id}/webhooks"
_ONE = f"{_ALL}/{{webhook_id}}"
MATRIX = {
    "GET /v1/webhook-events": (401, 200, 200, 200, 200, 200, 200, 200, 200),
    f"GET {_ALL}": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"POST {_ALL}": (401, 404, 403, 403, 201, 201, 403, 404, 404),
    f"GET {_ONE}": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"PATCH {_ONE}": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"DELETE {_ONE}": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"POST {_ONE}/secret": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"GET {_ONE}/deliveries": (401, 404, 403, 403, 200, 200, 403, 404, 404),
    f"POST {_ONE}/deliveries/{{delivery_id}}/replay": (401, 404, 403, 403, 202, 202, 403, 404, 404),
    f"POST {_ONE}/replays": (401, 404, 403, 403, 202, 202, 403, 404, 404),
}
BODIES = {
    f"POST {_ALL}": {"url": "https://example.org/hook"},
    f"PATCH {_ONE}": {"description": "Other"},
    f"POST {_ONE}/replays": {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"},
}
