"""`make encoder`: the small sentence encoder that ships in data/encoder, made from public weights and our own data.

Runs in its own environment (.venv-encoder, requirements/encoder.txt); nothing here is needed to run or train the bot.
"""
