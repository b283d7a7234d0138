"""What a file from another program says: pure, and suspicious of every byte."""
