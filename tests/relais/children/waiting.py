"""Says that it has started, and an identifier of its own, then waits."""

import time

from kit.ids import new_id

if __name__ == "__main__":
    print("started", new_id(), flush=True)
    time.sleep(60)
