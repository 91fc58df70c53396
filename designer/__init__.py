"""Tools of conversation designers: check the data, train, parse, evaluate."""
