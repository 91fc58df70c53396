"""What each role may see and do (H49). A designer and an admin have no business with customers' conversations."""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["agent", "specialist", "supervisor", "qa", "designer", "admin"]
Right = Literal["serve", "read_all", "all_groups", "design", "administer"]

ROLES: tuple[Role, ...] = get_args(Role)

_RIGHTS: dict[Role, frozenset[Right]] = {
    "agent": frozenset({"serve"}),
    "specialist": frozenset({"serve"}),
    "supervisor": frozenset({"serve", "read_all", "all_groups"}),
    "qa": frozenset({"read_all"}),
    "designer": frozenset({"design"}),
    "admin": frozenset({"administer"}),
}
GROUPS = ("online", "ticket", "technical", "logistics", "complaint", "product")


@dataclass(frozen=True)
class Agent:
    """A person at the desk, as a session knows them. `groups` are the skill groups they serve."""

    id: str
    username: str
    name: str
    role: Role
    groups: tuple[str, ...]

    def may(self, right: Right) -> bool:
        return right in _RIGHTS[self.role]

    @property
    def served_groups(self) -> tuple[str, ...]:
        """The groups whose queue this agent sees; empty without the right to serve."""
        if not self.may("serve"):
            return ()
        return GROUPS if self.may("all_groups") else self.groups

    def may_read(self, *, group: str | None, owner: str | None, owned_before: bool) -> bool:
        """Whether this agent may read a conversation that is or was in `group` and belongs or belonged to somebody."""
        if self.may("read_all"):
            return True
        return self.may("serve") and (owner == self.id or owned_before or group in self.served_groups)

    def public(self) -> dict[str, object]:
        """What the console is told about its user."""
        return {
            "id": self.id,
            "username": self.username,
            "name": self.name,
            "role": self.role,
            "groups": list(self.served_groups),
        }
