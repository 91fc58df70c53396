"""Invoices: may one be asked for, how far is it, may it be issued anew, and the request itself (H21, H33)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aftersales.decisions.api import Decision, Inputs, WriteSpec, decision, write
from aftersales.decisions.in_hand import order_of, sentence
from aftersales.formatting import day, listed, moment
from aftersales.order_system.port import CLOSED_REQUEST_STATES, OVER, AfterSalesRequest, InvoiceKind
from aftersales.windows import window_of


@decision(
    "invoice_case",
    outcomes=("none", "unpaid", "over", "requested", "issued", "issued_long_ago"),
    needs=("order", "requests"),
    values=("kinds", "due", "issued", "issued_title", "days", "reissue_days", "request_no"),
    slots=("email",),
)
def invoice_case(inputs: Inputs) -> Decision:
    """How the order's invoice stands; `none`: it may be asked for, to the order's own e-mail unless another is told.
    `issued_long_ago`: the days in which it may be issued anew are over."""
    order, rule, tz = order_of(inputs), inputs.policy.store.invoices, inputs.tz
    invoice = order.invoice
    made = next((one for one in inputs.requests if one.kind == "invoice"), None)
    asked_at = made.created_at if made else inputs.now
    values = {
        "kinds": listed(rule.kinds),
        "due": day(invoice.due_at or asked_at + timedelta(days=rule.issue_days), tz),
        "issued": day(invoice.issued_at, tz) if invoice.issued_at else "",
        "issued_title": invoice.title or "",
        "days": str(rule.issue_days),
        "reissue_days": str(rule.reissue_days),
        "request_no": made.request_no if made else "",
    }
    known = inputs.slots.get("email") or invoice.email or order.email
    own = {"email": known} if known else {}
    if invoice.state == "issued":
        inside = (
            invoice.issued_at is None
            or window_of(invoice.issued_at, rule.reissue_days, inputs.now, tz).inside
        )
        return Decision("issued" if inside else "issued_long_ago", values, slots=own)
    if order.state in OVER:
        return Decision("over", values)
    if invoice.state == "requested":
        return Decision("requested", values)
    if order.paid_at is None:
        return Decision("unpaid", values)
    return Decision("none", values, slots=own)


_ASIDES = ("lasts", "hurry")


@decision("invoice_aside", outcomes=(*_ASIDES, "unknown"), values=("days",), slots=("aside",))
def invoice_aside(inputs: Inputs) -> Decision:
    """多久能收到, 能不能加急, while an invoice is asked for or issued anew: answered once."""
    asked, days = str(inputs.slots.get("aside")), str(inputs.policy.store.invoices.issue_days)
    return Decision(asked if asked in _ASIDES else "unknown", {"days": days}, slots={"aside": None})


@decision("special_invoice", outcomes=("offered", "not_offered"), values=("kinds",))
def special_invoice(inputs: Inputs) -> Decision:
    """专用发票: is it among the kinds of invoice that this store issues (labels.yml, invoice)?"""
    kinds, special = inputs.policy.store.invoices.kinds, inputs.name("invoice", "special")
    offered = any(special in one for one in kinds)
    return Decision("offered" if offered else "not_offered", {"kinds": listed(kinds)})


@decision(
    "invoice_change_case",
    outcomes=("possible", "which", "tax_no", "same", "late", "issued", "none"),
    needs=("order", "requests"),
    values=("request_no", "changes", "invoice_now"),
    slots=("request_no",),
)
def invoice_change_case(inputs: Inputs) -> Decision:
    """May the invoice that was asked for have what is told now? `which`: nothing new is told; `tax_no`: a company's title
    without its number; `same`: it has all of that already; `late`: it is past the state in which customers change it;
    `issued`, `none`: there is nothing to change, it is issued anew or asked for."""
    invoice, open_until = order_of(inputs).invoice, inputs.policy.requests.open_until
    made = next(
        (
            one
            for one in inputs.requests
            if one.kind in ("invoice", "reissue") and one.state not in CLOSED_REQUEST_STATES
        ),
        None,
    )
    had = {"title": invoice.title, "tax_no": invoice.tax_no, "email": invoice.email}
    told = {name: str(inputs.slots[name]) for name in had if inputs.slots.get(name) is not None}
    new = {name: one for name, one in told.items() if one.casefold() != str(had[name] or "").casefold()}
    values = {
        "request_no": made.request_no if made else "",
        "changes": "，".join(
            sentence(inputs, "invoice_detail", name, value=one) for name, one in new.items()
        ),
        "invoice_now": "，".join(
            sentence(inputs, "invoice_detail", name, value=str(one)) for name, one in had.items() if one
        ),
    }
    if made is None:
        return Decision("issued" if invoice.state == "issued" else "none", values)
    slots = {"request_no": made.request_no}
    if made.state not in open_until:
        return Decision("late", values, slots=slots)
    if not told:
        return Decision("which", values, slots=slots)
    if not new:
        return Decision("same", values, slots=slots)
    company = "title" in new and inputs.slots.get("title_kind") == "company"
    if (
        company
        and "tax_no" not in told
        and not (invoice.tax_no and _same_company(invoice.title, new["title"]))
    ):
        return Decision("tax_no", values, slots=slots)
    return Decision("possible", values, slots=slots)


def _same_company(before: str | None, title: str) -> bool:
    """少了个字: is it the same company's name, written right?"""
    shared, most = set(before or "") & set(title), max(len(set(before or "")), len(set(title)))
    return 3 * len(shared) >= 2 * most


def _kind(inputs: Inputs) -> InvoiceKind:
    return "company" if inputs.slots.get("title_kind") == "company" else "personal"


def _draft(inputs: Inputs) -> Mapping[str, Any]:
    return {
        "order_no": order_of(inputs).order_no,
        "kind": _kind(inputs),
        "title": inputs.slots["title"],
        "email": inputs.slots.get("email"),
        "tax_no": inputs.slots.get("tax_no"),
    }


def _done(inputs: Inputs, made: AfterSalesRequest) -> Decision:
    values = {
        "request_no": made.request_no,
        "days": str(inputs.policy.store.invoices.issue_days),
        "due": moment(made.due, inputs.tz) if made.due else "",
    }
    return Decision("repeated" if made.repeated else "done", values)


def _summary(inputs: Inputs, made: AfterSalesRequest) -> str:
    title, email = str(inputs.slots["title"]), str(inputs.slots.get("email") or "")
    return sentence(inputs, "effect", "invoice_requested", title=title, email=email)


write(
    WriteSpec(
        name="request_invoice",
        method="request_invoice",
        effect="invoice_requested",
        needs=frozenset({"order"}),
        draft=_draft,
        done=_done,
        summary=_summary,
        outcomes=("done", "repeated", "invalid", "refused"),
        values=("request_no", "days", "due"),
    )
)


def _changed(inputs: Inputs) -> Mapping[str, Any]:
    told = {name: inputs.slots.get(name) for name in ("title", "tax_no", "email")}
    kind = _kind(inputs) if told["title"] is not None else None
    return {"request_no": str(inputs.slots["request_no"]), **told, "invoice_kind": kind}


def _change_told(inputs: Inputs) -> str:
    told = {name: inputs.slots.get(name) for name in ("title", "tax_no", "email")}
    return "，".join(
        sentence(inputs, "invoice_detail", name, value=str(one)) for name, one in told.items() if one
    )


write(
    WriteSpec(
        name="change_invoice",
        method="change_request",
        effect="invoice_changed",
        needs=frozenset({"order"}),
        draft=_changed,
        done=lambda inputs, made: Decision(
            "done", {**_done(inputs, made).values, "changes": _change_told(inputs)}
        ),
        summary=lambda inputs, made: sentence(
            inputs, "effect", "invoice_changed", changes=_change_told(inputs)
        ),
        outcomes=("done", "refused"),
        values=("request_no", "days", "due", "changes"),
    )
)
write(
    WriteSpec(
        name="reissue_invoice",
        method="reissue_invoice",
        effect="invoice_reissued",
        needs=frozenset({"order"}),
        draft=_draft,
        done=lambda inputs, made: Decision("done", _done(inputs, made).values),
        summary=lambda inputs, made: sentence(
            inputs,
            "effect",
            "reissued",
            title=str(inputs.slots["title"]),
            email=str(inputs.slots.get("email") or ""),
        ),
        outcomes=("done", "invalid", "refused"),
        values=("request_no", "days", "due"),
    )
)
