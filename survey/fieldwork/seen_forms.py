"""A form that remembers what it was shown with: whoever a colleague overtook is told, and nothing typed is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

from flask_babel import gettext
from wtforms import Field, HiddenField

from survey import web
from survey.text import N_

OTHERWISE = N_("Quelqu’un a changé ceci entre-temps. Il y a maintenant : « %(words)s ».")


class SeenForm(web.OnceForm):
    """`seen` stands for the record as it was when the page was drawn."""

    seen = HiddenField()

    @classmethod
    def of(cls, stands: Mapping[str, object]) -> Self:
        """The form of a record that `stands` so, field by field."""
        return cls(data={**stands, "seen": digest(stands)})

    def overtaken(self, stands: Mapping[str, object]) -> bool:
        """Whether the record, held by the caller, is neither what was shown nor what was typed.

        Each field that stands otherwise than what was typed then says how; sent once more, what was typed counts.
        Whoever sends no `seen` was shown nothing.
        """
        was, self.seen.data = self.seen.data, digest(stands)
        if not was or was == self.seen.data:
            return False
        for name, value in stands.items():
            there, typed = in_words(self[name], value), in_words(self[name], self[name].data)
            if there != typed:
                self[name].errors = [*self[name].errors, gettext(OTHERWISE, words=there)]
        return bool(self.errors)


def digest(stands: Mapping[str, object]) -> str:
    """What stands for a record: another when anything in it is another."""
    return hashlib.sha256(json.dumps(stands, sort_keys=True, default=str).encode()).hexdigest()


def in_words(field: Field, value: Any) -> str:
    """A value as the field shows it: its words, or those of the choices that it is."""
    labels = {str(choice.value): str(choice.label) for choice in getattr(field, "choices", ())}
    chosen = sorted(map(str, value)) if isinstance(value, list) else [str(value or "")]
    return ", ".join(labels.get(one, one) for one in chosen if one) or "–"
