"""Says why it ends, and ends with status 3."""

import sys

if __name__ == "__main__":
    print("base introuvable")
    sys.exit(3)
