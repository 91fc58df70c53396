"""What is wrong with the goods, in the customer's words (充不进电): `symptom` readings, value the code of choices.yml.

No command comes of them: they are kept for the flow that asks what is wrong (dialogue/inputs.py), whatever they answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogue.readers.choices import codes_in, denied
from dialogue.readers.remarks import SYMPTOM
from dialogue.reading import Reading
from dialogue.scene import Scene

SOURCE = "symptoms"
_SURE = 0.8


def read(scene: Scene) -> Iterator[Reading]:
    """Every symptom in the order in which it is told; `negated` where the words deny it."""
    if scene.message.is_button or not scene.text:
        return
    found = [(span, code) for code, spans in codes_in(scene, SYMPTOM).items() for span in spans]
    for span, code in sorted(found):
        yield Reading("symptom", SYMPTOM, code, _SURE, span, denied(scene, span), SOURCE)
