"""Talk to the bot in a terminal and see why it answers so: `python -m designer.try`, or `make try TEXT="…"` for one sentence.

`按钮 LABEL` presses a button, `新` begins a new conversation, `登录 PHONE` is the store's login, an empty line ends.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from designer.local_bot import LocalBot, Talk


def show(answer: dict[str, Any], *, trace: bool = True) -> None:
    """Print what the bot says, does, and why."""
    for reply in answer["replies"]:
        if reply["kind"] == "card":
            print(f"  [卡片 {reply['card']['card']} {reply['card'].get('state_name', '')}]")
            continue
        buttons = "　".join(f"[{one['label']}]" for one in reply.get("buttons", []))
        print(f"  小安：{reply['text']}" + (f"\n        {buttons}" if buttons else ""))
    for command in answer["commands"]:
        print(f"  → {command['command']} {command.get('reason', '')} {command.get('facts', '')}")
    for effect in answer["effects"]:
        print(f"  → 已办：{effect['effect']} {effect['request_no']} {effect['summary']}")
    if not trace:
        return
    told = answer["trace"]
    print(
        f"    理解 {told.get('intent')} {told.get('confidence')}　命令 {' + '.join(told.get('commands', []))}"
    )
    for one in told.get("candidates", [])[:6]:
        print(f"      {one['utility']:5.2f} {one['command']}  ←{one['source']}  {one.get('lost', '✓')}")
    for step in told.get("steps", []):
        print(f"      {step}")
    print(f"    开着的：{' > '.join(told.get('frames', [])) or '没有'}")


def main() -> None:
    """Command line."""
    bot = LocalBot.open()
    talk = Talk(bot)
    try:
        if os.environ.get("TEXT") or sys.argv[1:]:
            for text in sys.argv[1:] or [os.environ["TEXT"]]:
                print(f"顾客：{text}")
                show(talk.say(text))
            return
        while line := input("顾客：").strip():
            if line == "新":
                talk = Talk(bot)
            elif line.startswith("登录 "):
                talk = Talk(bot, identity={"sub": "u1", "phone": line[3:].strip()})
            elif line.startswith("按钮 "):
                show(talk.press(line[3:].strip()))
            else:
                show(talk.say(line))
    except EOFError:
        print()
    finally:
        bot.close()


if __name__ == "__main__":
    main()
