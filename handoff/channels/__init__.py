"""Signed intake (H4): what customers write by mail or on social platforms, brought by the store's own programs."""
