"""Who may use the routes of shared projects, by hand: the status each gets.

Nobody, an account that is no member, members by role, keys of the owner's with the scope to look and to work, an admin
(with a second factor), the operator's key. Whoever may not see a project gets 404, as for one that does not exist.
"""

ROLES = (
    *("anonymous", "stranger", "viewer", "commenter", "editor", "owner"),
    *("reading key", "working key", "admin", "operator"),
)
MATRIX = {
    "POST /v1/projects": (401, 201, 201, 201, 201, 201, 403, 403, 201, 403),
    "GET /v1/projects": (401, 200, 200, 200, 200, 200, 200, 403, 200, 403),
    "GET /v1/projects/{project_id}": (401, 404, 200, 200, 200, 200, 200, 200, 404, 404),
    "PATCH /v1/projects/{project_id}": (401, 404, 403, 403, 200, 200, 403, 403, 404, 404),
    "DELETE /v1/projects/{project_id}": (401, 404, 403, 403, 403, 200, 403, 403, 404, 404),
    "POST /v1/projects/{project_id}/owner": (401, 404, 403, 403, 403, 200, 403, 403, 404, 404),
    "GET /v1/projects/{project_id}/members": (401, 404, 200, 200, 200, 200, 200, 403, 404, 404),
    "PUT /v1/projects/{project_id}/members/{account_id}": (401, 404, 403, 403, 403, 200, 403, 403, 404, 404),
    "DELETE /v1/projects/{project_id}/members/{account_id}": (401, 404, 403, 403, 403, 200, 403, 403, 404, 404),
    "POST /v1/projects/{project_id}/invitations": (401, 404, 403, 403, 403, 201, 403, 403, 404, 404),
    "GET /v1/projects/{project_id}/invitations": (401, 404, 403, 403, 403, 200, 403, 403, 404, 404),
    "DELETE /v1/projects/{project_id}/invitations/{invitation_id}": (401, 404, 403, 403, 403, 200, 403, 403, 404, 404),
    "POST /v1/project-invitations/acceptance": (401, 200, 200, 200, 200, 200, 403, 403, 200, 403),
    "GET /v1/projects/{project_id}/overwritten": (401, 404, 200, 200, 200, 200, 200, 403, 404, 404),
    "POST /v1/projects/{project_id}/tickets": (401, 404, 201, 201, 201, 201, 403, 201, 404, 404),
}
BODIES = {
    "POST /v1/projects": {"name": "Song"},
    "PATCH /v1/projects/{project_id}": {"name": "Tune"},
    "POST /v1/projects/{project_id}/owner": {"account_id": "{account_id}"},
    "PUT /v1/projects/{project_id}/members/{account_id}": {"role": "commenter"},
    "POST /v1/projects/{project_id}/invitations": {"role": "viewer"},
    "POST /v1/project-invitations/acceptance": {"token": "{token}"},
    "POST /v1/projects/{project_id}/tickets": {"device": "laptop"},
}
