"""A seeded synthetic region: employers, agents, pay and leaves that look real and are nobody's."""
