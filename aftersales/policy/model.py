"""The whole policy of a store: one attribute a file of data/policy/."""

from aftersales.policy.desk import Groups, Limits, Service
from aftersales.policy.followups import FollowUps
from aftersales.policy.hours import Hours
from aftersales.policy.quality import Quality
from aftersales.policy.repairs import Repairs
from aftersales.policy.requests import Requests
from aftersales.policy.returns import SOLUTIONS, Returns
from aftersales.policy.routing import Routing
from aftersales.policy.section import Section
from aftersales.policy.steps import Steps
from aftersales.policy.store import Store
from aftersales.policy.wording import Wording


class Policy(Section):
    """Everything a store decides. Attributes are the files data/policy/<name>.yml."""

    returns: Returns
    repairs: Repairs
    requests: Requests
    store: Store
    service: Service
    groups: Groups
    hours: Hours
    limits: Limits
    wording: Wording
    steps: Steps
    followups: FollowUps
    routing: Routing
    quality: Quality

    def solution_names(self) -> dict[str, str]:
        """What the ways to settle a return are called; the names of the requests that they become."""
        return {code: self.requests.names[code] for code in SOLUTIONS}

    def return_address(self) -> str:
        """Where goods go back to, with the store's name."""
        return self.returns.flow.return_address.format(store=self.store.name)
