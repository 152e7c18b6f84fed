"""What goes wrong while the feeder runs, told once: the log of an overnight outage must not repeat one sentence."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from engine.errors import StoreUnusable


class Troubles:
    """The present trouble of each subject. `tell` gets a sentence whenever one begins or changes."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self._present: dict[str, str] = {}

    def begin(self, subject: str, sentence: str) -> bool:
        """Note a trouble; true, and told, when it is not the one that is known already."""
        if self._present.get(subject) == sentence:
            return False
        self._present[subject] = sentence
        self.tell(sentence)
        return True

    def end(self, subject: str) -> bool:
        """Note that all is well; true when it was not before."""
        return self._present.pop(subject, None) is not None

    @contextlib.contextmanager
    def of_the_store(self, subject: str) -> Iterator[None]:
        """Go on after a database that cannot be written just now: what was not taken is taken when it can be."""
        try:
            yield
        except StoreUnusable as error:
            self.begin(f"store: {subject}", str(error))
        else:
            self.end(f"store: {subject}")
