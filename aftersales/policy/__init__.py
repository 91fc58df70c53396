"""The store's rules as data: `load_policy(dir)` reads data/policy/*.yml into one validated `Policy`; a process that
lives on asks a `PolicySource`, which takes over what was changed meanwhile."""

from aftersales.policy.load import PolicyError, load_policy
from aftersales.policy.model import Policy
from aftersales.policy.watch import PolicySource

__all__ = ["Policy", "PolicyError", "PolicySource", "load_policy"]
