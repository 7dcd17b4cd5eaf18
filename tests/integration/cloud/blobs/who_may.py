"""Who may use the routes of blobs, by hand: the status each gets.

Nobody, an account that is no member, members by role, keys of the owner's with the scope to look and to work, an admin
(with a second factor), the operator's key. Everybody has stored a blob of their own; the project has the owner's.
"""

ROLES = (
    *("anonymous", "stranger", "viewer", "commenter", "editor", "owner"),
    *("reading key", "working key", "admin", "operator"),
)
MATRIX = {
    "OPTIONS /v1/uploads": (401, 204, 204, 204, 204, 204, 403, 204, 204, 403),
    "GET /v1/uploads": (401, 200, 200, 200, 200, 200, 403, 200, 200, 403),
    "POST /v1/uploads": (401, 201, 201, 201, 201, 201, 403, 201, 201, 403),
    "HEAD /v1/uploads/{upload_id}": (401, 404, 404, 404, 404, 200, 403, 200, 404, 403),
    "PATCH /v1/uploads/{upload_id}": (401, 404, 404, 404, 404, 204, 403, 204, 404, 403),
    "DELETE /v1/uploads/{upload_id}": (401, 404, 404, 404, 404, 204, 403, 204, 404, 403),
    # Its parts do not go straight into the store, which is a folder here.
    "POST /v1/uploads/{upload_id}/parts": (401, 404, 404, 404, 404, 409, 403, 409, 404, 403),
    "POST /v1/uploads/{upload_id}/completion": (401, 404, 404, 404, 404, 409, 403, 409, 404, 403),
    "POST /v1/blobs/have": (401, 200, 200, 200, 200, 200, 403, 200, 200, 403),
    "GET /v1/storage": (401, 200, 200, 200, 200, 200, 403, 200, 200, 403),
    "PUT /v1/projects/{project_id}/blobs/{blob_hash}": (401, 404, 403, 403, 404, 200, 403, 200, 404, 404),
    "GET /v1/projects/{project_id}/blobs": (401, 404, 200, 200, 200, 200, 200, 200, 404, 404),
    "GET /v1/projects/{project_id}/blobs/{blob_hash}": (401, 404, 200, 200, 200, 200, 200, 200, 404, 404),
    "GET /v1/projects/{project_id}/blobs/{blob_hash}/content": (401, 404, 200, 200, 200, 200, 200, 200, 404, 404),
}
