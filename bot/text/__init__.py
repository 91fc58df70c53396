"""From what a customer typed to what the models read: one normaliser, one tokenizer."""
