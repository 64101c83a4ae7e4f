"""Who is covered, since when and why: a pure function of the agent's file and the accord's terms."""
