"""Who has to go when there are too many connections."""

import ipaddress
import resource

import pytest

from handoff.transport.limiter import ConnectionLimiter, most_connections, raise_open_files_limit

ATTACKER, CUSTOMER, PROXY = "203.0.113.9", "198.51.100.7", "10.0.0.1"


class Line:
    """A connection that only remembers whether it was dropped."""

    def __init__(self) -> None:
        self.dropped = False

    def drop(self) -> None:
        self.dropped = True


def admitted(limiter: ConnectionLimiter, address: str, count: int = 1) -> list[Line]:
    lines = [Line() for _ in range(count)]
    assert all(limiter.admit(line, address) for line in lines)
    return lines


def test_the_one_that_waits_longest_makes_room_for_the_next_of_its_address() -> None:
    limiter = ConnectionLimiter(100, 3)
    first, second, third = admitted(limiter, ATTACKER, 3)
    (other,) = admitted(limiter, CUSTOMER)
    limiter.works(first)
    admitted(limiter, ATTACKER)
    assert [line.dropped for line in (first, second, third, other)] == [False, True, False, False]
    assert len(limiter) == 4


def test_an_address_whose_connections_all_work_gets_no_more() -> None:
    limiter = ConnectionLimiter(100, 2)
    lines = admitted(limiter, ATTACKER, 2)
    for line in lines:
        limiter.works(line)
    assert not limiter.admit(Line(), ATTACKER)
    admitted(limiter, CUSTOMER)
    limiter.gone(lines[0])
    admitted(limiter, ATTACKER)
    assert not any(line.dropped for line in lines)


def test_whoever_is_done_with_a_request_waits_anew() -> None:
    limiter = ConnectionLimiter(100, 2)
    first, second = admitted(limiter, CUSTOMER, 2)
    limiter.works(first)
    limiter.waits(first)
    admitted(limiter, CUSTOMER)
    assert (first.dropped, second.dropped) == (False, True)


def test_the_total_counts_every_address_and_half_open_ones_go_first() -> None:
    limiter = ConnectionLimiter(4, 4)
    (customer,) = admitted(limiter, CUSTOMER)
    limiter.works(customer)
    half_open = admitted(limiter, ATTACKER, 3)
    (newcomer,) = admitted(limiter, "198.51.100.8")
    assert half_open[0].dropped
    for line in (*half_open[1:], newcomer):
        limiter.works(line)
    assert not limiter.admit(Line(), CUSTOMER), "all work: nobody is cut off for a newcomer"
    assert not customer.dropped


def test_closing_twice_counts_once() -> None:
    limiter = ConnectionLimiter(2, 2)
    first, _ = admitted(limiter, CUSTOMER, 2)
    limiter.gone(first)
    limiter.gone(first)
    limiter.waits(first)
    assert len(limiter) == 1
    admitted(limiter, CUSTOMER)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("203.0.113.9", "203.0.113.10", False),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    limiter = ConnectionLimiter(100, 1)
    (line,) = admitted(limiter, one)
    admitted(limiter, other)
    assert line.dropped is same


@pytest.mark.parametrize("address", [PROXY, "::ffff:10.0.0.1", ""])
def test_a_trusted_proxy_speaks_for_many(address: str) -> None:
    limiter = ConnectionLimiter(100, 2, (ipaddress.ip_network("10.0.0.0/8"),))
    assert not any(line.dropped for line in admitted(limiter, address, 50))


def test_the_limit_of_open_files_is_lifted_and_a_quarter_is_left() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
        files = raise_open_files_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == files
        assert files == min(hard, 65_536) if hard > 0 else files == 65_536
        assert most_connections(files) <= files * 3 / 4
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
