"""What Anke needs from a store's order system, and nothing more.

Everything else in the product talks to this protocol; two adapters keep it: `sql/` (the demo store, or a store that
lets us keep after-sales data) and `http/` (a store's own system behind docs/order-system-api.md).

Rules every adapter keeps:
- Times are timezone-aware UTC datetimes, money is `Decimal` yuan with two places, lists are newest first.
- Every write takes an idempotency `key`. The same key again returns the same request, with `repeated=True` (H28); the
  same key for something else raises `Refused("key_conflict")`. Asking for the same thing on the same item again, with
  another key, returns the open request, also with `repeated=True`.
- A business refusal is `Refused(code, message)`, its message a Chinese sentence for the customer. A system that does
  not answer in time is `Unavailable`; nothing is known then about a write, so repeat it with the same key.
- Reads return None for what does not exist. Who may see an order is decided by `verify` (H6), before reading.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

OrderState = Literal["unpaid", "paid", "shipped", "signed", "cancelled", "refunded"]
PaymentMethod = Literal["wechat", "alipay", "bank_card"]
ParcelState = Literal["not_dispatched", "in_transit", "delivering", "signed", "returned", "lost"]
InvoiceState = Literal["none", "requested", "issued"]
RequestKind = Literal[
    "return",
    "exchange",
    "repair",
    "refund_only",
    "resend",  # the part that was missing
    "cancel",
    "intercept",  # a dispatched parcel is called back
    "change",  # goods, quantity or note before dispatch
    "address",
    "urge",
    "claim",  # a lost or undelivered parcel
    "invoice",
    "reissue",  # an invoice that was wrong
    "compensation",
    "ticket",
]
Solution = Literal["return", "exchange", "repair", "refund_only", "resend"]
RequestState = Literal[
    "submitted",  # waiting for review (H24)
    "approved",  # pickup or sending back (H25)
    "sent_back",  # the customer sent it, tracking number known
    "received",  # inspected next (H26)
    "refunding",  # refund under way, see Refund
    "done",
    "refused",
    "withdrawn",
]
RefundState = Literal["processing", "arrived", "failed"]
VerifyMethod = Literal["order_phone", "order_email"]
Urge = Literal["dispatch", "delivery"]
ClaimWish = Literal["resend", "refund"]
CompensationKind = Literal["coupon", "refund"]
InvoiceKind = Literal["personal", "company"]
NoteKind = Literal["note", "tracking_no", "evidence"]

#: First two letters of a request number, by kind; twelve digits follow.
REQUEST_PREFIX: dict[RequestKind, str] = {
    "return": "RT",
    "exchange": "EX",
    "repair": "RP",
    "refund_only": "RF",
    "resend": "EX",
    "cancel": "CC",
    "intercept": "TK",
    "change": "TK",
    "address": "TK",
    "urge": "TK",
    "claim": "TK",
    "invoice": "TK",
    "reissue": "TK",
    "compensation": "TK",
    "ticket": "TK",
}
#: A request in one of these states is over: asking again makes a new one.
CLOSED_REQUEST_STATES: frozenset[RequestState] = frozenset({"done", "refused", "withdrawn"})
#: Orders in these states are over: nothing is cancelled, changed or invoiced any more.
OVER: frozenset[OrderState] = frozenset({"cancelled", "refunded"})


class OrderSystemError(Exception):
    """Anything the order system could not do. `code` is for programs, `message` is Chinese for the customer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Refused(OrderSystemError):
    """The order system understood and says no: a rule, not a failure. Trying again does not help.

    Codes: not_found, already_dispatched, not_dispatched, not_paid, already_cancelled, not_signed,
    already_signed, already_delivering, not_changeable, nothing_to_change, no_stock, invoice_issued, invoice_not_issued,
    already_over, request_in_progress, slot_taken, over_limit, invalid, key_conflict.
    """


class Unavailable(OrderSystemError):
    """No (usable) answer in time. A write may or may not have happened: repeat it with the same key."""


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One line of an order. `kind` is a product kind of data/policy/returns.yml (custom, fresh, digital …)."""

    item_id: str
    name: str
    sku: str
    qty: int
    price: Decimal  # per piece, as paid
    kind: str
    spec: str = ""  # 黑色 L
    model: str | None = None
    serial: str | None = None
    batch: str | None = None
    warranty_days: int | None = None  # None: the policy's value for the kind
    opened: bool | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    state: InvoiceState = "none"
    title: str | None = None
    tax_no: str | None = None
    email: str | None = None
    issued_at: datetime | None = None
    due_at: datetime | None = None  # when a requested invoice will be issued at the latest


@dataclass(frozen=True, slots=True)
class Promotion:
    """A coupon or activity: on an order what was used, from `promotions()` what is running."""

    promotion_id: str
    name: str
    text: str  # one Chinese sentence for customers
    threshold: Decimal = Decimal("0.00")
    off: Decimal = Decimal("0.00")
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    order_no: str
    state: OrderState
    phone: str
    name: str
    address: str
    total: Decimal
    payment_method: PaymentMethod
    items: tuple[OrderItem, ...]
    created_at: datetime
    email: str | None = None
    receiver_phone: str | None = None  # when it is not `phone`
    paid_at: datetime | None = None
    ship_by: datetime | None = None  # promised dispatch, None once shipped
    shipped_at: datetime | None = None
    signed_at: datetime | None = None
    signed_by: str | None = None  # 本人, 门卫, 快递柜 …
    freight: Decimal = Decimal("0.00")
    freight_insurance: bool = False
    note: str | None = None  # the customer's remark for the warehouse
    invoice: Invoice = field(default_factory=Invoice)
    promotions: tuple[Promotion, ...] = ()

    def item(self, item_id: str) -> OrderItem | None:
        """The line with that id, or None."""
        return next((one for one in self.items if one.item_id == item_id), None)


@dataclass(frozen=True, slots=True)
class Scan:
    at: datetime
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel of an order with its timeline, newest scan first (H30)."""

    order_no: str
    carrier: str  # 顺丰速运
    tracking_no: str
    state: ParcelState
    scans: tuple[Scan, ...]
    eta: datetime | None = None
    carrier_phone: str | None = None

    @property
    def last_scan_at(self) -> datetime | None:
        return self.scans[0].at if self.scans else None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back (H26, H31)."""

    refund_no: str
    order_no: str
    item_id: str | None
    request_no: str | None
    amount: Decimal
    method: PaymentMethod
    state: RefundState
    started_at: datetime
    expected_at: datetime  # the latest arrival promised
    arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VisitSlot:
    """When a technician can come (H27)."""

    slot_id: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class AfterSalesRequest:
    """Something a customer asked for, with its number: what the `request` card shows."""

    request_no: str
    kind: RequestKind
    state: RequestState
    order_no: str
    item_id: str | None
    item: str | None  # the item's name for people
    created_at: datetime
    next: str  # what happens next, one Chinese sentence
    due: datetime | None  # when that happens at the latest
    reason: str | None = None  # code of data/policy/returns.yml reasons
    solution: str | None = None  # return, exchange, repair, refund_only, resend
    review: bool = False  # evidence missing or policy unclear: a person looks before approval
    tracking_no: str | None = None  # of the parcel the customer sent back
    quantity: int | None = None  # pieces it is about; None: all of the line
    colour: str | None = None  # what an exchange or a change is for
    size: str | None = None
    amount: Decimal | None = None  # to pay (exchange, change; negative: paid back), or granted (compensation)
    visit: VisitSlot | None = None  # the technician's appointment
    replaces: str | None = None  # the withdrawn request whose place this one took
    repeated: bool = False  # True: this request existed already (same key, or the same thing still open)


@dataclass(frozen=True, slots=True)
class ReturnDraft:
    """A confirmed form of return, exchange, repair or refund without return (H23)."""

    order_no: str
    item_id: str
    reason: str
    solution: Solution = "return"
    condition: str | None = None  # code of data/policy/returns.yml conditions
    description: str | None = None  # the customer's words
    evidence: tuple[str, ...] = ()  # upload ids
    review: bool = False
    freight_payer: Literal["seller", "buyer", "insurance"] | None = None
    quantity: int | None = None  # pieces; None: all of the line
    colour: str | None = None  # of an exchange, as the catalogue names it; None: as bought
    size: str | None = None


@dataclass(frozen=True, slots=True)
class RequestChange:
    """What a customer wants different in an open request; None: stays. The last four are of an invoice that is not issued
    yet; a personal one (`invoice_kind`) has no tax number."""

    solution: Solution | None = None
    quantity: int | None = None
    colour: str | None = None
    size: str | None = None
    title: str | None = None
    tax_no: str | None = None
    email: str | None = None
    invoice_kind: InvoiceKind | None = None


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    order_no: str
    kind: InvoiceKind
    title: str
    email: str | None = None
    tax_no: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One colour and size of a product with its own stock; `price` None: the product's."""

    colour: str | None
    size: str | None
    stock: int
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A catalogue entry for presale questions (H34)."""

    sku: str
    name: str
    kind: str
    price: Decimal
    stock: int
    dispatch_hours: int
    material: str
    warranty_days: int
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    spec: str = ""
    size_advice: str = ""
    usage: str = ""
    aliases: tuple[str, ...] = ()
    no_reason_return: bool = True
    facts: dict[str, str] = field(default_factory=dict)  # 功率: 900 W …
    variants: tuple[Variant, ...] = ()  # what is not listed has the product's own stock and price


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """Outcome of an identification (H6, H8).

    wrong: order and proof do not fit together; never which half. locked: too many wrong attempts, even a right one is
    refused until `locked_until`; offer a person. `phone`, `name` and `method` are set only when ok.
    """

    outcome: Literal["ok", "wrong", "locked"]
    method: VerifyMethod | None = None
    phone: str | None = None
    name: str | None = None
    locked_until: datetime | None = None
    attempts_left: int | None = None  # of this conversation, after a wrong one

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"


class OrderSystem(Protocol):
    """A store's orders, parcels, refunds, requests and catalogue."""

    async def ready(self) -> None:
        """Return when reads would work now; raise Unavailable otherwise. Takes at most a second or two."""
        ...

    async def close(self) -> None:
        """Give back connections. Idempotent."""
        ...

    # -- who (H6, H8) --------------------------------------------------------------------------------------------
    async def verify(
        self, order_no: str, proof: str, *, conversation: str, address: str | None, key: str | None = None
    ) -> VerifyResult:
        """Does `proof` (last four digits of the phone, the full phone, or the e-mail) belong to `order_no`?

        Counts wrong attempts per conversation, order and client address and locks (H8); unknown orders count like
        known ones. The same order and proof with the same key (the turn's id) directly again is the same attempt, retried
        after a crash: counted once, the same answer. Loopback addresses and None have no per-address limit. After ok, `orders_of(result.phone)` may be shown.
        """
        ...

    # -- reads ---------------------------------------------------------------------------------------------------
    async def order(self, order_no: str) -> Order | None: ...

    async def orders_of(self, phone: str, *, limit: int = 20) -> list[Order]:
        """All orders of a full phone number, newest first."""
        ...

    async def parcel(self, order_no: str) -> Parcel | None:
        """The (latest) parcel; None when nothing was dispatched."""
        ...

    async def parcel_by_tracking_no(self, tracking_no: str) -> Parcel | None: ...

    async def refund_progress(self, order_no: str) -> list[Refund]:
        """Refunds of the order, newest first; empty when there is none (H31)."""
        ...

    async def open_request(
        self, order_no: str, item_id: str | None = None, *, kind: RequestKind | None = None
    ) -> AfterSalesRequest | None:
        """The newest request that is not over, for that item (None: any of the order) and kind (None: any kind of
        return, exchange, repair, refund_only, cancel)."""
        ...

    async def request(self, request_no: str) -> AfterSalesRequest | None: ...

    async def requests_of(self, order_no: str) -> list[AfterSalesRequest]: ...

    async def products(self, search: str, *, limit: int = 5) -> list[Product]:
        """Catalogue entries whose name or alias fits `search` (words or a whole sentence), best first; all of them for an
        empty search."""
        ...

    async def product(self, sku: str) -> Product | None: ...

    async def promotions(self) -> list[Promotion]:
        """What a customer can use now (H34)."""
        ...

    async def visit_slots(self, order_no: str, item_id: str) -> list[VisitSlot]:
        """When a technician can come for that item, soonest first, free ones only; empty: it is repaired by post."""
        ...

    # -- writes (every one: the same key is the same request, H28) ------------------------------------------------
    async def urge(self, key: str, order_no: str, what: Urge, note: str = "") -> AfterSalesRequest:
        """Leave a task to hurry dispatch or delivery (H30). Refused: not_found, already_dispatched, not_dispatched."""
        ...

    async def cancel(self, key: str, order_no: str, reason: str = "") -> AfterSalesRequest:
        """Cancel before dispatch and start the refund (H19). Refused: not_found, already_dispatched, already_cancelled."""
        ...

    async def change_address(
        self, key: str, order_no: str, address: str, *, name: str | None = None, phone: str | None = None
    ) -> AfterSalesRequest:
        """New delivery address before dispatch (H20). A changed phone is the receiver's, verification keeps the old
        one. Refused: not_found, already_dispatched, already_cancelled, invalid."""
        ...

    async def request_invoice(self, key: str, draft: InvoiceDraft) -> AfterSalesRequest:
        """Ask for the e-invoice (H21, H33). Refused: not_found, not_paid, invoice_issued, invalid."""
        ...

    async def request_return(self, key: str, draft: ReturnDraft) -> AfterSalesRequest:
        """Open a return (or exchange / repair / refund_only, by `draft.solution`). The caller has checked eligibility;
        the order system only refuses not_found, not_signed (nothing to send back yet), already_cancelled, invalid (more
        pieces than were bought) and no_stock (the colour and size of an exchange, against the stock of this moment; nothing
        is reserved). An item has one open request of these five kinds: asking for another solution returns the open one,
        look at its `kind`. `amount` is the price difference of an exchange."""
        ...

    async def withdraw(self, key: str, request_no: str, reason: str = "") -> AfterSalesRequest:
        """The customer takes an open request back. One that was withdrawn already comes back as it is. Refused: not_found,
        already_over, request_in_progress (too late: data/policy/requests.yml `open_until`)."""
        ...

    async def change_request(self, key: str, request_no: str, change: RequestChange) -> AfterSalesRequest:
        """Another solution, quantity, colour or size of an open request of an item. Another solution withdraws it and
        opens one of that kind in its place, in one transaction: the answer has the new number and `replaces`. Another
        title, tax number or e-mail of an invoice that was asked for, in the order as well. Refused:
        not_found, already_over, request_in_progress, no_stock, invalid, not_changeable (neither of the two)."""
        ...

    async def book_visit(self, key: str, request_no: str, slot_id: str) -> AfterSalesRequest:
        """Appoint a technician's visit for an open repair; another slot moves the appointment. Refused: not_found,
        already_over, slot_taken (gone meanwhile, or never offered)."""
        ...

    async def intercept(self, key: str, order_no: str, reason: str = "") -> AfterSalesRequest:
        """Ask the carrier to bring a dispatched parcel back (H19). Refused: not_found, not_paid, not_dispatched,
        already_delivering, already_signed, already_cancelled."""
        ...

    async def claim(
        self, key: str, order_no: str, wish: ClaimWish, *, description: str = ""
    ) -> AfterSalesRequest:
        """Look for a parcel that is lost or was not received though it reads signed (H30); `wish` is what the customer
        wants when it is not found. Refused: not_found, not_paid, not_dispatched, already_cancelled."""
        ...

    async def change_item(
        self,
        key: str,
        order_no: str,
        item_id: str,
        *,
        quantity: int | None = None,
        colour: str | None = None,
        size: str | None = None,
    ) -> AfterSalesRequest:
        """Change a line before dispatch (H20). `amount` is the price difference: nothing to pay, and it is `done` (what
        is less is refunded); something to pay, and it is `submitted` and the order stays as it is until that is paid.
        Refused: not_found, already_dispatched, already_cancelled, not_changeable, nothing_to_change, no_stock, invalid."""
        ...

    async def change_note(self, key: str, order_no: str, note: str) -> AfterSalesRequest:
        """New remark for the warehouse before dispatch. Refused: not_found, already_dispatched, already_cancelled, invalid."""
        ...

    async def reissue_invoice(self, key: str, draft: InvoiceDraft) -> AfterSalesRequest:
        """Cancel the issued invoice (红冲) and issue it again. Refused: not_found, invoice_not_issued, invalid."""
        ...

    async def compensate(
        self, key: str, order_no: str, amount: Decimal, kind: CompensationKind, *, by: str
    ) -> AfterSalesRequest:
        """Grant a coupon or pay back a part of the price (H39); `by` says who decided. The caller has checked the authority.
        The same amount of the same kind again is the same grant. Refused: not_found, not_paid, over_limit (more than was
        paid), invalid."""
        ...

    async def leave_ticket(
        self, key: str, *, order_no: str | None, category: str, description: str, contact: str | None = None
    ) -> AfterSalesRequest:
        """A ticket for people (TK…), with or without an order (H2)."""
        ...

    async def attach_note(self, key: str, request_no: str, kind: NoteKind, text: str) -> AfterSalesRequest:
        """Add a note, the tracking number of a sent-back parcel (moves the request to sent_back), or an upload id."""
        ...
