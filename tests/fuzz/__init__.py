"""A fuzz run: workbooks made and damaged at random are read right or refused, never read wrong in silence."""
