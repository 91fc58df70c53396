"""Evidence files of a conversation: received, checked, cleaned, kept and served (H23)."""
