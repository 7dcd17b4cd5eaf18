"""Who may use identity's routes, by hand: the status each gets.

Nobody, a member whom it does not belong to, whom it belongs to, a key of theirs with the scope to look, support and an
admin (both with a second factor), the operator's key. What is one's own (`/account`, `/sessions`) is the caller's.
"""

from tests.integration.cloud.identity.people import PASSWORD

ROLES = ("anonymous", "stranger", "owner", "owner's key", "support", "admin", "operator")
MATRIX = {
    "POST /v1/registrations": (202, 202, 202, 202, 202, 202, 202),
    "POST /v1/registrations/confirmation": (404, 404, 404, 404, 404, 404, 404),
    "POST /v1/sessions": (401, 401, 401, 401, 401, 401, 401),
    "GET /v1/sessions": (401, 200, 200, 200, 200, 200, 403),
    "DELETE /v1/sessions": (401, 200, 200, 403, 200, 200, 403),
    "DELETE /v1/sessions/{session_id}": (401, 404, 200, 404, 404, 404, 404),
    "POST /v1/sessions/current/proof": (401, 200, 200, 403, 200, 200, 403),
    "GET /v1/account": (401, 200, 200, 200, 200, 200, 403),
    "DELETE /v1/accounts/{account_id}/sessions": (401, 403, 403, 403, 403, 200, 200),
    "POST /v1/password-resets": (202, 202, 202, 202, 202, 202, 202),
    "POST /v1/password-resets/completion": (404, 404, 404, 404, 404, 404, 404),
    "PUT /v1/account/password": (401, 200, 200, 403, 200, 200, 403),
    "POST /v1/account/authenticator": (401, 201, 201, 403, 201, 201, 403),
    "POST /v1/account/authenticator/confirmation": (401, 401, 401, 403, 401, 401, 403),
    "DELETE /v1/account/authenticator": (401, 409, 409, 403, 409, 409, 403),
    "POST /v1/account/recovery-codes": (401, 409, 409, 403, 409, 409, 403),
    "POST /v1/account/email": (401, 202, 202, 403, 202, 202, 403),
    "POST /v1/email-changes/confirmation": (404, 404, 404, 404, 404, 404, 404),
    "POST /v1/email-changes/undo": (404, 404, 404, 404, 404, 404, 404),
    "POST /v1/account/deletion": (401, 200, 200, 403, 409, 409, 403),
    "POST /v1/api-keys": (401, 201, 201, 403, 201, 201, 403),
    "GET /v1/api-keys": (401, 200, 200, 200, 200, 200, 403),
    "GET /v1/api-keys/{key_id}": (401, 404, 200, 200, 404, 404, 404),
    "DELETE /v1/api-keys/{key_id}": (401, 404, 200, 404, 404, 404, 404),
    "POST /v1/api-keys/{key_id}/rotation": (401, 404, 201, 404, 404, 404, 404),
    "POST /v1/leaked-keys": (202, 202, 202, 202, 202, 202, 202),
    "POST /v1/leaked-keys/{key_id}/restoration": (401, 403, 403, 403, 403, 200, 403),
    "GET /v1/account/passkeys": (401, 200, 200, 200, 200, 200, 403),
    "POST /v1/account/passkeys/options": (401, 200, 200, 403, 200, 200, 403),
    "POST /v1/account/passkeys": (401, 401, 401, 403, 401, 401, 403),
    "DELETE /v1/account/passkeys/{passkey_id}": (401, 404, 200, 404, 404, 404, 404),
    "POST /v1/passkey-sessions/options": (200, 200, 200, 200, 200, 200, 200),
    "POST /v1/passkey-sessions": (401, 401, 401, 401, 401, 401, 401),
    "POST /v1/sessions/current/passkey-proof/options": (401, 200, 200, 403, 200, 200, 403),
    "POST /v1/sessions/current/passkey-proof": (401, 401, 401, 403, 401, 401, 403),
    "GET /.well-known/oauth-authorization-server": (200, 200, 200, 200, 200, 200, 200),
    "POST /oauth/token": (400, 400, 400, 400, 400, 400, 400),
    "POST /oauth/device": (200, 200, 200, 200, 200, 200, 200),
    "POST /oauth/revocation": (200, 200, 200, 200, 200, 200, 200),
}
_CLIENT = {"client_id": "maxbooster-desktop"}
#: Requests that are forms.
FORMS = {
    "POST /oauth/token": {**_CLIENT, "grant_type": "refresh_token", "refresh_token": "x", "device": "x" * 32},
    "POST /oauth/device": {**_CLIENT, "device": "x" * 32},
    "POST /oauth/revocation": {**_CLIENT, "token": "x"},
}
_TOKEN = {"token": "x" * 43}
_CREDENTIAL = {"id": "eA", "rawId": "eA", "type": "public-key"}
_MADE = {**_CREDENTIAL, "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}
_USED = {**_CREDENTIAL, "response": {"clientDataJSON": "e30", "authenticatorData": "eA", "signature": "eA"}}
BODIES = {
    "POST /v1/account/passkeys": {"credential": _MADE},
    "POST /v1/passkey-sessions": {"credential": _USED},
    "POST /v1/sessions/current/passkey-proof": {"credential": _USED},
    "POST /v1/registrations": {"email": "new@example.org", "password": PASSWORD, "name": "New"},
    "POST /v1/registrations/confirmation": _TOKEN,
    "POST /v1/sessions": {"email": "nobody@example.org", "password": PASSWORD},
    "POST /v1/sessions/current/proof": {"password": PASSWORD},
    "POST /v1/password-resets": {"email": "nobody@example.org"},
    "POST /v1/password-resets/completion": {**_TOKEN, "password": PASSWORD},
    "POST /v1/account/email": {"email": "other@example.org"},
    "POST /v1/email-changes/confirmation": _TOKEN,
    "POST /v1/email-changes/undo": {**_TOKEN, "password": PASSWORD},
    "PUT /v1/account/password": {"password": PASSWORD},
    "POST /v1/account/authenticator/confirmation": {"code": "000000"},
    "POST /v1/leaked-keys": {"key": "mb_live_" + "0" * 49},
    "POST /v1/api-keys": {"name": "Robot", "scopes": ["account:read"]},
}
