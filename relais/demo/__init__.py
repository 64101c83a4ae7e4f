"""The main job, played through the gateway as an HRIS, a centre de gestion and an insurer play it."""
