"""THE route table: every address of the service, who may use it, and what answers. Nothing is routed anywhere else."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sanic import Request

from handoff.administration import http as administration
from handoff.auth import http as login
from handoff.auth.guard import needs, person, reader_of_conversations, server_of_customers
from handoff.channels import http as channels
from handoff.desk import canned_http as canned
from handoff.desk import case_http as cases
from handoff.desk import http as desk
from handoff.desk import routing_http as routing
from handoff.desk import tag_http as tags
from handoff.desk.socket import agent_socket
from handoff.gateway import http as customer
from handoff.gateway.socket import customer_socket
from handoff.health import get_healthz, get_metrics, get_readyz
from handoff.notifications import http as outbox
from handoff.openapi.http import get_openapi
from handoff.oversight import http as oversight
from handoff.pages import get_console, get_console_file, get_static_file, get_store, get_widget
from handoff.privacy import http as privacy
from handoff.quality import http as quality
from handoff.uploads import http as uploads

Permission = Callable[[Request], Awaitable[None]]
"""Looks at the request before its handler; raises ApiError when the caller may not."""


async def everybody(_request: Request) -> None:
    """Permission: no credentials needed."""


@dataclass(frozen=True)
class Route:
    method: str
    """GET, POST …, or SOCKET; a socket's handler checks its own first frame and Origin."""
    path: str
    permission: Permission
    handler: Callable[..., Any]
    stream: bool = False
    """The handler reads the body itself as it arrives (uploads)."""


CONVERSATION = "/api/v1/conversations/<conversation_id:str>"
AGENT = "/api/v1/agent"
CASE = f"{AGENT}/conversations/<conversation_id:str>"
ONE_PICK = f"{AGENT}/quality/picks/<pick_id:str>"
ONE_ACCOUNT = f"{AGENT}/accounts/<account_id:str>"
ONE_CASE = f"{AGENT}/cases/<case_no:str>"

ROUTES: list[Route] = [
    # operators
    Route("GET", "/healthz", everybody, get_healthz),
    Route("GET", "/readyz", everybody, get_readyz),
    Route("GET", "/metrics", everybody, get_metrics),  # loopback or token, else 404: checked inside
    Route("GET", "/api/v1/openapi.json", everybody, get_openapi),  # of this very table: handoff/openapi
    # pages
    Route("GET", "/", everybody, get_store),
    Route("GET", "/widget.js", everybody, get_widget),
    Route("GET", "/console", everybody, get_console),
    Route("GET", "/console/<path:path>", everybody, get_console_file),
    Route("GET", "/<path:path>", everybody, get_static_file),
    # customers
    Route("POST", "/api/v1/conversations", everybody, customer.post_conversation),
    Route("POST", f"{CONVERSATION}/messages", customer.customer_of_conversation, customer.post_message),
    Route("GET", f"{CONVERSATION}/orders", customer.customer_of_conversation, customer.get_orders),
    Route("POST", f"{CONVERSATION}/read", customer.customer_of_conversation, customer.post_read),
    Route("GET", f"{CONVERSATION}/log", customer.customer_of_conversation, customer.get_log),
    Route("POST", f"{CONVERSATION}/human", customer.customer_of_conversation, customer.post_human),
    Route(
        "POST", f"{CONVERSATION}/leave-queue", customer.customer_of_conversation, customer.post_leave_queue
    ),
    Route("POST", f"{CONVERSATION}/rating", customer.customer_of_conversation, customer.post_rating),
    Route(
        "POST",
        f"{CONVERSATION}/uploads",
        customer.customer_of_conversation,
        uploads.post_customer_upload,
        stream=True,
    ),
    Route("POST", f"{CONVERSATION}/privacy", customer.customer_of_conversation, privacy.post_privacy),
    Route(
        "GET", "/api/v1/privacy/<request_no:str>", everybody, privacy.get_export
    ),  # signed address: checked inside
    Route("SOCKET", "/api/v1/ws", everybody, customer_socket),
    # files: token, agent session or signed address, checked inside
    Route("GET", "/api/v1/uploads/<upload_id:str>", everybody, uploads.get_upload),
    # agents
    Route("POST", f"{AGENT}/login", everybody, login.post_login),
    Route("POST", f"{AGENT}/password", everybody, login.post_password),  # one-time link: checked inside
    Route("POST", f"{AGENT}/me/password", person, login.post_own_password),
    Route("POST", f"{AGENT}/logout", person, login.post_logout),
    Route("GET", f"{AGENT}/me", person, login.get_me),
    Route("GET", f"{AGENT}/queue", server_of_customers, desk.get_queue),
    Route("GET", f"{AGENT}/queue/more", server_of_customers, desk.get_more_of_queue),
    Route("GET", f"{AGENT}/conversations", reader_of_conversations, desk.get_conversations),
    Route("GET", f"{CASE}/log", reader_of_conversations, desk.get_log),
    Route("GET", f"{CASE}/record", reader_of_conversations, desk.get_record),
    Route("GET", f"{CASE}/earlier", reader_of_conversations, desk.get_earlier),
    Route(
        "GET",
        f"{CASE}/earlier/<other_id:str>/<episode:str>",
        reader_of_conversations,
        desk.get_earlier_log,
    ),
    Route("POST", f"{CASE}/claim", server_of_customers, desk.post_claim),
    Route("POST", f"{CASE}/messages", server_of_customers, desk.post_message),
    Route("POST", f"{CASE}/messages/<seq:str>/recall", server_of_customers, desk.post_recall),
    Route("POST", f"{CASE}/notes", server_of_customers, desk.post_note),
    Route("GET", f"{CASE}/privacy", reader_of_conversations, desk.get_privacy),
    Route("POST", f"{CASE}/privacy", server_of_customers, desk.post_privacy),
    Route("POST", f"{CASE}/plan", server_of_customers, desk.post_plan),
    Route("POST", f"{CASE}/give-back", server_of_customers, desk.post_give_back),
    Route("POST", f"{CASE}/close", server_of_customers, desk.post_close),
    Route("GET", f"{CASE}/drafts", server_of_customers, desk.get_drafts),
    Route("POST", f"{CASE}/drafts", server_of_customers, desk.post_draft),
    Route("GET", f"{AGENT}/canned", needs("serve", "shared_canned"), canned.get_canned),
    Route("POST", f"{AGENT}/canned", needs("serve", "shared_canned"), canned.post_canned),
    Route(
        "POST", f"{AGENT}/canned/<reply_id:str>", needs("serve", "shared_canned"), canned.post_canned_change
    ),
    Route(
        "POST",
        f"{AGENT}/canned/<reply_id:str>/delete",
        needs("serve", "shared_canned"),
        canned.post_canned_delete,
    ),
    Route("POST", f"{AGENT}/canned/<reply_id:str>/used", server_of_customers, canned.post_canned_used),
    Route("GET", f"{AGENT}/search", reader_of_conversations, desk.get_search),
    Route("GET", f"{AGENT}/tags", reader_of_conversations, tags.get_tags),
    Route("POST", f"{CASE}/tags", server_of_customers, tags.post_tags),
    Route("POST", f"{CASE}/requeue", server_of_customers, routing.post_requeue),
    Route("POST", f"{CASE}/transfer", server_of_customers, routing.post_transfer),
    Route("POST", f"{CASE}/transfer/withdraw", server_of_customers, routing.post_withdraw),
    Route("POST", f"{CASE}/hold", server_of_customers, routing.post_hold),
    Route("POST", f"{CASE}/resume", server_of_customers, routing.post_resume),
    Route("POST", f"{CASE}/offer", server_of_customers, routing.post_offer),
    Route("GET", f"{CASE}/suggestions", server_of_customers, desk.get_suggestions),
    Route("POST", f"{CASE}/part", server_of_customers, routing.post_part),
    Route("POST", f"{CASE}/join", server_of_customers, routing.post_join),
    Route("POST", f"{CASE}/take-over", needs("oversee"), routing.post_take_over),
    Route("POST", f"{CASE}/whisper", needs("oversee"), routing.post_whisper),
    Route("POST", f"{AGENT}/presence", server_of_customers, routing.post_presence),
    Route("GET", f"{AGENT}/colleagues", server_of_customers, routing.get_colleagues),
    Route("POST", f"{AGENT}/alerts/seen", person, routing.post_alerts_seen),
    Route("POST", f"{CASE}/reveal", server_of_customers, desk.post_reveal),
    Route("POST", f"{CASE}/uploads", server_of_customers, uploads.post_agent_upload, stream=True),
    # programs that bring mail and the like
    Route(
        "POST",
        "/api/v1/channels/<name:str>/messages",
        channels.program_of_channel,
        channels.post_channel_message,
    ),
    # cases
    Route("GET", f"{AGENT}/cases", reader_of_conversations, cases.get_cases),
    Route("POST", f"{AGENT}/cases", server_of_customers, cases.post_case),
    Route("GET", ONE_CASE, reader_of_conversations, cases.get_case),
    Route("POST", f"{ONE_CASE}/move", server_of_customers, cases.post_move),
    Route("POST", f"{ONE_CASE}/classify", server_of_customers, cases.post_classify),
    Route("POST", f"{ONE_CASE}/tags", server_of_customers, tags.post_case_tags),
    Route("POST", f"{ONE_CASE}/link", server_of_customers, cases.post_link),
    Route("POST", f"{ONE_CASE}/notes", server_of_customers, cases.post_case_note),
    Route("POST", f"{ONE_CASE}/reveal", server_of_customers, cases.post_case_reveal),
    Route(
        "POST",
        f"{AGENT}/reminders/<reminder_id:str>/done",
        server_of_customers,
        cases.post_reminder_done,
    ),
    # supervisors: the live wall, the figures day by day, the conversations behind each
    Route("GET", f"{AGENT}/wall", needs("oversee"), oversight.get_wall),
    Route("GET", f"{AGENT}/figures", needs("figures"), oversight.get_figures),
    Route("GET", f"{AGENT}/figures/table.csv", needs("figures"), oversight.get_figures_csv),
    Route("GET", f"{AGENT}/figures/conversations", needs("figures"), oversight.get_found),
    Route("GET", f"{AGENT}/figures/conversations.csv", needs("figures"), oversight.get_found_csv),
    # quality: samples and scores, findings for the designers, what was not understood
    Route("POST", f"{AGENT}/quality/samples", needs("assess"), quality.post_sample),
    Route("GET", f"{AGENT}/quality/picks", needs("assess"), quality.get_picks),
    Route("GET", ONE_PICK, needs("assess"), quality.get_pick),
    Route("POST", f"{ONE_PICK}/score", needs("assess"), quality.post_score),
    Route("POST", f"{ONE_PICK}/findings", needs("assess"), quality.post_finding),
    Route("GET", f"{AGENT}/findings", needs("design", "assess"), quality.get_findings),
    Route("GET", f"{AGENT}/findings/table.csv", needs("design", "assess"), quality.get_findings_csv),
    Route("POST", f"{AGENT}/findings/<finding_id:str>", needs("design"), quality.post_finding_end),
    Route("GET", f"{AGENT}/misses", needs("design"), quality.get_misses),
    Route("GET", f"{AGENT}/misses/lines.jsonl", needs("design"), quality.get_misses_file),
    # administrators: people, what was done, the rules in force
    Route("GET", f"{AGENT}/accounts", needs("administer"), administration.get_accounts),
    Route("POST", f"{AGENT}/accounts", needs("administer"), administration.post_account),
    Route("POST", ONE_ACCOUNT, needs("administer"), administration.post_account_change),
    Route("POST", f"{ONE_ACCOUNT}/disable", needs("administer"), administration.post_account_disable),
    Route("POST", f"{ONE_ACCOUNT}/reset", needs("administer"), administration.post_account_reset),
    Route("GET", f"{AGENT}/audit", needs("administer"), administration.get_audit),
    Route("GET", f"{AGENT}/audit.csv", needs("administer"), administration.get_audit_csv),
    Route("GET", f"{AGENT}/rules", needs("rules"), administration.get_rules),
    # administrators: what the store's own systems were told
    Route("GET", f"{AGENT}/notifications", needs("outbox"), outbox.get_notifications),
    Route("POST", f"{AGENT}/notifications/replay", needs("outbox"), outbox.post_replay_all),
    Route(
        "POST",
        f"{AGENT}/notifications/<event_id:str>/replay",
        needs("outbox"),
        outbox.post_replay,
    ),
    Route("SOCKET", f"{AGENT}/ws", everybody, agent_socket),  # session and Origin: checked inside
]
