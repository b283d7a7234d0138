"""Pages, by person. Reads through queries, writes through actions, decides nothing."""
