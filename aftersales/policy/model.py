"""The whole policy of a store: one attribute a file of data/policy/."""

from aftersales.policy.desk import Groups, Limits, Service
from aftersales.policy.hours import Hours
from aftersales.policy.requests import Requests
from aftersales.policy.returns import Returns
from aftersales.policy.section import Section
from aftersales.policy.steps import Steps
from aftersales.policy.store import Store
from aftersales.policy.wording import Wording


class Policy(Section):
    """Everything a store decides. Attributes are the files data/policy/<name>.yml."""

    returns: Returns
    requests: Requests
    store: Store
    service: Service
    groups: Groups
    hours: Hours
    limits: Limits
    wording: Wording
    steps: Steps
