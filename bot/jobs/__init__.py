"""Everything that runs from the queue, and the workers that run it."""
