"""THE table of permissions (H49): what each role may see and do. Routes (handoff/routes.py, by `needs`), frames of the socket and the
console's pages and buttons (`rights` of `Agent.public`) all ask it; docs/protocol.md has it for people. A designer and an admin have
no business with customers' conversations."""

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["agent", "specialist", "supervisor", "qa", "designer", "admin"]
Right = Literal[
    "serve",  # claim, answer and end conversations of one's groups
    "read_all",  # look at every conversation
    "all_groups",  # serve every group
    "oversee",  # the live wall, take over, whisper
    "figures",  # the store's figures day by day
    "assess",  # draw samples, score them, write findings
    "design",  # findings and what was not understood
    "rules",  # look at policy and opening hours
    "shared_canned",  # keep the replies that a group or everybody shares
    "outbox",  # what the store's own systems were told, and telling them again
    "administer",  # accounts, audit
]

ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)

_RIGHTS: dict[Role, frozenset[Right]] = {
    "agent": frozenset({"serve"}),
    "specialist": frozenset({"serve"}),
    "supervisor": frozenset(
        {
            "serve",
            "read_all",
            "all_groups",
            "oversee",
            "figures",
            "assess",
            "rules",
            "shared_canned",
            "outbox",
        }
    ),
    "qa": frozenset({"read_all", "figures", "assess", "rules"}),
    "designer": frozenset({"design", "rules"}),
    "admin": frozenset({"administer", "rules", "shared_canned", "outbox"}),
}
GROUPS = ("online", "ticket", "technical", "logistics", "complaint", "product")


def role_may(role: str, right: Right) -> bool:
    """Whether people of that role have the right; a role that is none has none."""
    return any(known == role and right in rights for known, rights in _RIGHTS.items())


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
    def rights(self) -> list[Right]:
        """In the order of the table."""
        return [one for one in RIGHTS if self.may(one)]

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
            "rights": self.rights,
        }
