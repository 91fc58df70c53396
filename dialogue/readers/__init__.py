"""Readers: everything a message could mean, one reader a file. They never act and never see each other."""
