"""The practice manager's pages, under /cabinet/: the house, its people, and what was done in it."""
