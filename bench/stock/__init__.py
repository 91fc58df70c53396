"""The stock Rasa configuration that our bot is compared with: same data, domain and actions."""
