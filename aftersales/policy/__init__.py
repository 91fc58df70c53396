"""The store's rules as data: `load_policy(dir)` reads data/policy/*.yml into one validated `Policy`."""

from aftersales.policy.load import PolicyError, load_policy
from aftersales.policy.model import Policy

__all__ = ["Policy", "PolicyError", "load_policy"]
