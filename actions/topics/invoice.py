"""Invoices: request (title, tax number, e-mail, read back, confirmed once) and progress (H21, H33)."""

import re
from typing import Any

from actions import cards, chinese, forms, questions
from actions.identity import need_order
from actions.repeats import forget_questions
from actions.topic import Topic
from actions.topics.people import offer_person
from actions.turn import Turn
from aftersales.order_system.port import InvoiceDraft, InvoiceKind, Refused

_COMPANY = re.compile(
    r"公司|有限|集团|工厂|厂$|商行|中心|学校|大学|医院|事务所|合作社|委员会|协会|经营部|门市"
)
_TAX_NO = re.compile(r"(?<![0-9A-Z])(?=[0-9A-Z]*\d)[0-9A-Z]{15,20}(?![0-9A-Z])")
_LABEL = re.compile(
    r"(?:发票)?(?:抬头|名称|单位|税号|邮箱|信用代码|纳税人识别号)(?:是|为|写|[:：])*|个人抬头|开给|开个?发票|麻烦|谢谢|[，,。;；\s]"
)
_PERSONAL = re.compile(r"^(?:个人|私人)的?(?:名字)?(?=[\u4e00-\u9fff]{2,4}$)")
_WRONG = re.compile(r"开错|错了|不对|重开|换开|改抬头|没收到")
_TITLE_GIVEN = re.compile(rf"^(?:开?给?)(?:个人|私人)|抬头|{_COMPANY.pattern}")
_TITLE_GIVEN_AS = re.compile(r"抬头(?:应该|要)?(?:是|为|写|改成|改为|换成|[:：])\s*(?P<title>\S.*)$")
_PERSONAL_GIVEN = re.compile(r"^(?:个人|私人)的?[，, ]*(?P<title>[\u4e00-\u9fff·]{2,4})$")
#: Words of a sentence, not of a title.
_SENTENCE = re.compile(
    r"[吗呢啊吧呀哦嘛?？!！]|我|咱|怎么|什么|知道|清楚|记得?(?:不|清)|记不|想想|等[等下会]|稍等|还是|能不能|可以|不是|名字|一下"
)
_COMPANY_END = re.compile(
    r"(?:公司|集团|工厂|厂|商行|中心|学校|大学|医院|事务所|合作社|委员会|协会|经营部|门市|店|部|社|院|所)$"
)
_NO_TITLES = frozenset({"公司", "单位", "企业", "抬头", "发票", "公司抬头", "公司的", "个人的"})
_TITLE_LONGEST = 60
#: A person's name, or a short name of a shop, in characters.
_NAME_LONGEST = 12


class InvoiceRequest(Topic):
    """开发票"""

    action = "action_invoice"
    intents = ("invoice_request",)
    watches_repeats = False

    async def answer(self, turn: Turn) -> None:
        if (turn.form or {}).get("name") == "invoice":
            take_parts(turn, title=False)
            await proceed(turn)
            return
        kinds = "、".join(turn.store.policy.store.invoices.kinds)
        if "专" in turn.text and "专" not in kinds:
            offer_person(turn, "out_of_policy", "utter_invoice_no_special", kinds=kinds)
            return
        order = await need_order(turn, prefer=("signed", "shipped", "paid"))
        if order is None:
            return
        if order.invoice.state != "none":
            await tell_state(turn)
            return
        item = "、".join(one.name for one in order.items)
        forms.open_form(turn, "invoice", order_no=order.order_no, item=item, email=order.email)
        turn.learn(demand="开发票")
        take_parts(turn, title=False)
        await proceed(turn)


class InvoiceProgress(Topic):
    """发票到哪了、开错了"""

    action = "action_invoice_progress"
    intents = ("invoice_progress",)

    async def answer(self, turn: Turn) -> None:
        if (turn.form or {}).get("name") == "invoice" and _WRONG.search(turn.text):
            await correct(turn)
            return
        await tell_state(turn)


async def tell_state(turn: Turn) -> None:
    """Requested, issued or not asked for yet."""
    order = await need_order(turn, prefer=("signed",))
    if order is None:
        return
    tz, invoice = turn.store.tz, order.invoice
    item = "、".join(one.name for one in order.items)
    due = (
        chinese.day(invoice.due_at, tz)
        if invoice.due_at
        else f"{turn.store.policy.store.invoices.issue_days} 天内"
    )
    issued = chinese.day(invoice.issued_at, tz) if invoice.issued_at else ""
    told: dict[str, Any] = {"item": item, "due": due, "issued": issued, "title": invoice.title}
    if invoice.state == "none" and not turn.get("pending_issues"):
        turn.ask("start_invoice", "utter_invoice_state_none", keep={"order_no": order.order_no}, **told)
        return
    turn.say(f"utter_invoice_state_{invoice.state}", **told)
    if invoice.state == "issued" and _WRONG.search(turn.text):
        offer_person(
            turn,
            "requested",
            "utter_invoice_wrong_person",
            days=turn.store.policy.store.invoices.reissue_days,
        )


def take_parts(turn: Turn, *, title: bool) -> None:
    """Put title, tax number and e-mail of this message into the form; `title`: a title was asked for."""
    text = turn.text
    known = turn.form or {}
    email = turn.heard.email
    if email:
        text = re.sub(re.escape(email), " ", text, flags=re.IGNORECASE)
    tax = _TAX_NO.search(text.upper())
    if tax:
        text = text[: tax.start()] + " " + text[tax.end() :]
    named = turn.entity("invoice_title")
    found = known.get("title")
    given = _TITLE_GIVEN_AS.search(text) or _PERSONAL_GIVEN.search(text.strip())
    if given and looks_like_title(given["title"].strip(" ，,。.")):
        found = given["title"].strip(" ，,。.")
    elif named and looks_like_title(named):
        found = named
    elif title or _COMPANY.search(text):
        rest = _LABEL.sub("", text)
        if re.fullmatch(r"个人|私人|我自己", rest):
            rest = "个人"
        rest = _PERSONAL.sub("", rest)
        if looks_like_title(rest) and (title or _COMPANY.search(rest)):
            found = rest
    forms.keep(
        turn,
        title=found,
        email=email or known.get("email"),
        tax_no=tax.group() if tax else known.get("tax_no"),
    )


def looks_like_title(words: str) -> bool:
    """A name of a person or a company; a whole sentence is none ("我想想啊 公司名字记不清了")."""
    if not 2 <= len(words) <= _TITLE_LONGEST or words.isdigit() or words in _NO_TITLES:
        return False
    if _COMPANY_END.search(words) and not re.search(r"[吗呢啊吧呀?？，,]|名字|记不|我们", words):
        return True
    return len(words) <= _NAME_LONGEST and not _SENTENCE.search(words)


def is_company(title: str) -> bool:
    return bool(_COMPANY.search(title))


async def proceed(turn: Turn) -> None:
    """Ask for what is missing, then for the confirmation."""
    form = turn.form or {}
    if not form.get("title"):
        kinds = "、".join(turn.store.policy.store.invoices.kinds)
        turn.ask("invoice_title", "utter_ask_invoice_title", kinds=kinds, item=form.get("item"))
    elif is_company(form["title"]) and not form.get("tax_no"):
        turn.ask("tax_no", "utter_ask_tax_no", title=form["title"])
    elif not form.get("email"):
        turn.ask("email", "utter_ask_invoice_email")
    else:
        tax = f"，税号 {form['tax_no']}" if form.get("tax_no") else ""
        told = {one: form.get(one) for one in ("order_no", "item", "title", "email")}
        turn.ask("confirm_invoice", "utter_invoice_confirm", tax=tax, **told)


async def read_start(turn: Turn) -> bool:
    """要现在开吗？ Yes, or the title itself, opens the form."""
    named = bool(_TITLE_GIVEN.search(turn.text)) and not turn.is_button
    yes = questions.said_yes(turn) or turn.intent == "invoice_request" or turn.heard.email is not None
    if not (named or yes):
        return False
    order = await turn.store.orders.order(str((turn.question or {}).get("order_no")))
    turn.close_question()
    if order is None:
        return False
    item = "、".join(one.name for one in order.items)
    forms.open_form(turn, "invoice", order_no=order.order_no, item=item, email=order.email)
    turn.learn(demand="开发票")
    take_parts(turn, title=named)
    await proceed(turn)
    return True


async def correct(turn: Turn) -> None:
    """又错了 抬头是李雷: the new title, or the question for it."""
    before = (turn.form or {}).get("title")
    take_parts(turn, title=False)
    if (turn.form or {}).get("title") == before:
        forms.keep(turn, title=None, tax_no=None)
    await proceed(turn)


async def read_title(turn: Turn) -> bool:
    if questions.is_digression(turn) and not _COMPANY.search(turn.text):
        return False
    take_parts(turn, title=True)
    if (turn.form or {}).get("title"):
        await proceed(turn)
    elif turn.intent in questions.PASSIVE and turn.intent != "nlu_fallback":
        return False
    else:
        await questions.not_an_answer(turn)
    return True


async def read_part(turn: Turn) -> bool:
    """Tax number or e-mail."""
    before = dict(turn.form or {})
    take_parts(turn, title=False)
    if all((turn.form or {}).get(one) == before.get(one) for one in ("title", "tax_no", "email")):
        return False
    await proceed(turn)
    return True


async def read_confirmation(turn: Turn) -> bool:
    """确认开票吗？"""
    if questions.said_yes(turn):
        await do_request(turn)
        return True
    before = dict(turn.form or {})
    take_parts(turn, title=False)
    if turn.form != before:
        await proceed(turn)
        return True
    if (
        questions.said_no(turn)
        or turn.store.dialogue.hit("wrong_data", turn.text)
        or _WRONG.search(turn.text)
    ):
        forms.keep(turn, title=None, tax_no=None)
        await proceed(turn)
        return True
    return False


async def do_request(turn: Turn) -> None:
    """Write it once, with the form's draft as key (H28)."""
    form = turn.form or {}
    kind: InvoiceKind = "company" if is_company(str(form["title"])) else "personal"
    draft = InvoiceDraft(
        order_no=str(form["order_no"]),
        kind=kind,
        title=str(form["title"]),
        email=form.get("email"),
        tax_no=form.get("tax_no"),
    )
    try:
        made = await turn.store.orders.request_invoice(str(form["draft"]), draft)
    except Refused as refusal:
        turn.say("utter_refused", why=refusal.message)
        if refusal.code == "invalid":
            forms.keep(turn, tax_no=None, title=form["title"] if form.get("tax_no") else None)
            await proceed(turn)
        else:
            forms.close_form(turn)
        return
    summary = f"开票：{draft.title}，发到 {draft.email}"
    turn.effect(
        "invoice_requested",
        key=str(form["draft"]),
        request_no=made.request_no,
        order_no=made.order_no,
        summary=summary,
    )
    forms.close_form(turn)
    forget_questions(turn)
    turn.card(cards.request_card(made, turn.store))
    if made.repeated:
        due = chinese.day(made.due, turn.store.tz) if made.due else ""
        turn.say("utter_invoice_open", request_no=made.request_no, due=due)
    else:
        turn.say(
            "utter_invoice_requested",
            request_no=made.request_no,
            days=turn.store.policy.store.invoices.issue_days,
        )


forms.register("invoice", "开发票", proceed)
questions.register("start_invoice", read_start)
questions.register("invoice_title", read_title, again=proceed, help="utter_help_invoice_title")
questions.register("tax_no", read_part, again=proceed, help="utter_help_tax_no")
questions.register("email", read_part, again=proceed, help="utter_help_email")
questions.register("confirm_invoice", read_confirmation, again=proceed)
