ROUTES = {"/healthz": "ok"}
