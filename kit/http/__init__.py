"""What every service's HTTP side shares: problems, types, identity, the unit of work, pages, limits."""
