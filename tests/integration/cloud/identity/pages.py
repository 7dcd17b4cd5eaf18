"""The pages by hand: who sees which, and what their forms change. `test_routes.py` holds it against the application."""

#: Each page by hand: what somebody who has not signed in gets, and a member; a path is where they are sent.
PAGES = {
    "GET /": ("/sign-in", "/account"),
    "GET /account": ("/sign-in", 200),
    "GET /sign-in": (200, "/account"),
    "GET /register": (200, 200),
    "GET /confirm": (200, 200),
    "GET /reset": (200, 200),
    "GET /reset/completion": (200, 200),
    "GET /email/confirmation": (200, 200),
    "GET /email/undo": (200, 200),
    "GET /workspaces": ("/sign-in", 200),
    "GET /workspaces/{workspace_id}": ("/sign-in", 404),
    "GET /invitation": ("/sign-in", 200),
    "GET /prove": ("/sign-in", 200),
    "GET /device": ("/sign-in", 200),
    "GET /oauth/authorize": (400, 400),
    "GET /static/{name}": (404, 404),
    "GET /api": (200, 200),
    "GET /openapi.json": (200, 200),
}
#: What forms change; without a token of ours all of them are refused, whoever sends them.
FORMS = {
    *("POST /sign-in", "POST /sign-in/code", "POST /sign-out", "POST /prove", "POST /register", "POST /confirm"),
    *("POST /reset", "POST /reset/completion", "POST /device", "POST /device/decision", "POST /oauth/authorize"),
    *("POST /account/sessions/end", "POST /account/sessions/end-others", "POST /account/password"),
    *("POST /account/authenticator", "POST /account/authenticator/confirmation", "POST /account/authenticator/removal"),
    *("POST /account/email", "POST /account/deletion", "POST /email/confirmation", "POST /email/undo"),
    *(f"POST /workspaces/{{workspace_id}}/{verb}" for verb in ("name", "transfer", "departure", "removal")),
    *(f"POST /workspaces/{{workspace_id}}/invitations{verb}" for verb in ("", "/withdrawal")),
    *(f"POST /workspaces/{{workspace_id}}/members/{verb}" for verb in ("role", "removal")),
    *("POST /workspaces", "POST /invitation", "POST /invitation/refusal"),
    *("POST /sign-in/passkey", "POST /prove/passkey", "POST /account/passkeys/options", "POST /account/passkeys"),
    *(
        "POST /account/passkeys/removal",
        "POST /account/recovery-codes",
        "POST /account/keys",
        "POST /account/keys/rotation",
        "POST /account/keys/revocation",
    ),
}
