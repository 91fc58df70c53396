"""Play the YAML conversations in one process, without servers: `python -m tests.conversations [PART OF A NAME]`.

Each with the first wording of every response, then with the second and the third: what a conversation demands must not
depend on which of them is said. Ends with exit code 1 when one fails.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from designer.local_bot import LocalBot, Talk
from tests.conversations.script import play_with, read_conversations
from tests.conversations.stack import copy_orders

WORDINGS = 3


def main(part: str) -> int:
    """The number of conversations that fail, each printed once with its first failure."""
    folder = Path(tempfile.mkdtemp(prefix="anke-conversations-"))
    bot = LocalBot.open(folder)
    copy_orders(folder / "orders.db", folder / "pristine.db")
    chosen = [one for one in read_conversations(Path(__file__).parent) if part in one[0]]
    failed: set[str] = set()
    try:
        for wording in range(WORDINGS):
            for name, conversation in chosen:
                copy_orders(folder / "pristine.db", folder / "orders.db")
                try:
                    play_with(Talk(bot, identity=conversation.get("登录"), wording=wording), conversation)
                except AssertionError as error:
                    if name not in failed:
                        print(f"✗ {name}（第 {wording + 1} 种说法）\n  {error}\n")
                    failed.add(name)
    finally:
        bot.close()
        shutil.rmtree(folder)
    print(f"{len(chosen)} 段对话，{WORDINGS} 种说法，没通过 {len(failed)} 段")
    return len(failed)


if __name__ == "__main__":
    sys.exit(bool(main(" ".join(sys.argv[1:]))))
