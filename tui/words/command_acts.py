"""The commands that act on deviations, actions, silences and hand-offs: their rows of tui.words.command_table."""

from __future__ import annotations

from typing import Final

from tui.words.command_parts import (
    CURRENCY,
    FROM,
    INPUT,
    PREVIEW,
    REASON,
    REASON_REQUIRED,
    UNTIL,
    Command,
    act,
    argument,
)

ACTS: Final = (
    act(
        "ack",
        "take deviations into hand, or accept actions",
        argument("--to", help="the owner (you unless said)", metavar="OWNER"),
    ),
    act(
        "assign",
        "give deviations or actions to an owner",
        argument("--to", help="the owner", metavar="OWNER", required=True),
    ),
    act(
        "respond",
        "answer deviations by a playbook: owned, dated actions",
        argument("--playbook", help="the playbook (the best that applies unless said)", metavar="NAME"),
        INPUT,
    ),
    act("start", "start actions"),
    act(
        "wait",
        "put actions on hold until something comes",
        REASON_REQUIRED,
        UNTIL._replace(options={"metavar": "TIME"}),
    ),
    act(
        "done",
        "complete actions",
        REASON,
        argument(
            "--answer",
            help="an answer to what the step asks (`offplan show A7` says what); may be repeated",
            metavar="NAME=VALUE",
            action="append",
            default=[],
            dest="answers",
        ),
        argument(
            "--cost",
            help="what it cost, such as 1250 or '1250 EUR'; decides whether it has to be approved",
            metavar="AMOUNT",
        ),
        CURRENCY,
    ),
    act("approve", "approve actions that need it, before they can be done", REASON),
    act(
        "decide",
        "choose an option of decisions, and complete them; show A7 compares the options",
        argument("--option", help="the option's id, or `nothing`", metavar="NAME", required=True),
        REASON_REQUIRED,
    ),
    act("fail", "say that actions failed", REASON_REQUIRED),
    act("skip", "skip actions", REASON_REQUIRED),
    act("cancel", "cancel actions, or all open actions of a response", REASON_REQUIRED),
    act("block", "put actions back to blocked", REASON_REQUIRED),
    act("snooze", "hide deviations from the queue for a while", UNTIL, REASON),
    act(
        "dismiss",
        "take deviations out of the queue for good",
        REASON_REQUIRED,
        argument(
            "--as",
            help="accepted (real, and lived with; unless said), noise, duplicate or wrong_data",
            metavar="SORT",
            dest="category",
        ),
    ),
    Command(
        "silence add",
        "acts:act",
        "keep what matches out of the queue until a time (a week unless said); the lists say how much is hidden",
        (
            argument(
                "--where",
                help="what to silence: kind, severity, party, item, site or subject, `*` for any text; all must hold",
                metavar="FIELD=PATTERN",
                action="append",
                required=True,
            ),
            REASON_REQUIRED,
            UNTIL._replace(options={"metavar": "TIME"}),
            FROM,
        ),
    ),
    act(
        "silence change",
        "give silences another end, or pending ones another start",
        UNTIL._replace(options={"metavar": "TIME"}),
        FROM,
        REASON,
    ),
    act("handoffs confirm", "say that messages in doubt did arrive", REASON),
    act("handoffs resend", "send messages that failed or are in doubt (again)", REASON_REQUIRED),
    act("silence end", "end silences now; what they hid and is still off plan shows at once", REASON),
    act(
        "merge",
        "join deviations to another one that is the same trouble",
        argument("--into", help="the deviation that stays, such as D1", metavar="ID", required=True),
        REASON_REQUIRED,
    ),
    act(
        "resolve",
        "say that deviations are settled",
        REASON_REQUIRED,
        argument("--outcome", help="what came of it, for the review", metavar="TEXT"),
        argument("--cost", help="what it cost in all, such as 1250 or '1250 EUR', for the review", metavar="AMOUNT"),
        CURRENCY,
    ),
    act("contain", "say that no further harm comes of deviations, though they are not over", REASON),
    act("close", "be done with resolved deviations, after their review", REASON),
    act("reverse", "take done actions back by the step that reverses each", REASON_REQUIRED),
    act("reopen", "bring deviations or actions back", REASON_REQUIRED),
    act(
        "comment",
        "write a remark into the journal of objects",
        argument("--text", "--reason", help="the remark", metavar="TEXT", dest="text", required=True),
    ),
    act(
        "reschedule",
        "give actions another start, and move what has to give way",
        argument("--start", help="ISO 8601, or from now: +2h, +1d", metavar="TIME", required=True, dest="start_at"),
        PREVIEW,
    ),
    act("agree", "agree to the starts that are proposed for accepted actions"),
    act("keep", "keep actions where they are: no move is proposed for them any more", REASON),
    Command(
        "replan",
        "acts:act",
        "plan all open actions anew: shift what cannot stay, pull what is late, propose what somebody has to agree to",
        (PREVIEW,),
    ),
    Command(
        "undo",
        "acts:undo",
        "undo your last command, or a named one, by a compensating entry",
        (
            argument(
                "what",
                help="a command's number, or an id: the last command on it",
                metavar="NUMBER|ID",
                nargs="?",
            ),
        ),
    ),
    Command(
        "redo",
        "acts:redo",
        "do again what your last undo took back, or a named one",
        (argument("what", help="an undo's number", metavar="NUMBER", nargs="?"),),
    ),
)
