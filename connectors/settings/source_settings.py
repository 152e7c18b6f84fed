"""`[source.NAME]` of `offplan.toml`: the models of a folder and of an HTTP source.

What is done with them is connectors.files.folder's and connectors.web.http's business. Reference for people:
docs/sources.md.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from connectors.settings.sections import Duration, Section, named_headers, parse_duration


class _Source(Section):
    """What all sources have: the mappings that may fit, and how long they may be silent."""

    mapping: str | list[str] | None = None
    every: Duration | None = None

    @property
    def expected_every(self) -> int | None:
        """Microseconds after which a silent source is stale; None: never judged."""
        return None if self.every is None else parse_duration(self.every)

    @property
    def mapping_names(self) -> tuple[str, ...]:
        return _names(self.mapping)


class FolderSource(_Source):
    """`[source.NAME]` with `type = "folder"`: files that somebody puts into a folder."""

    type: Literal["folder"]
    path: str
    pattern: str | Annotated[list[str], Field(min_length=1)] = "*"

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of file names, of which one has to fit."""
        return _names(self.pattern)

    def takes(self, name: str) -> bool:
        """Whether a file of this name is one of the source's."""
        return any(fnmatchcase(name, pattern) for pattern in self.patterns)


class Pagination(Section):
    """How an HTTP source is read in pages.

    `cursor`: the value at `field` of an answer goes into the query as `param`; ends when there is none.
    `page`: `param` counts up from `start`; ends at a page without records. `link`: the address at `field` of an answer,
    or of its Link header (rel="next") where no field is given.
    """

    type: Literal["none", "cursor", "page", "link"] = "none"
    param: str | None = None
    field: str | None = None
    start: int = 1
    size_param: str | None = None
    size: int | None = Field(default=None, ge=1, le=100_000)

    @model_validator(mode="after")
    def _complete(self) -> Pagination:
        if self.type in ("cursor", "page") and self.param is None:
            raise ValueError(f'pages of type "{self.type}" are asked for by a parameter; add param, its name')
        if self.type == "cursor" and self.field is None:
            raise ValueError(
                'pages of type "cursor" are found in the answer before; add field, the path of the next cursor in it'
            )
        if (self.size is None) != (self.size_param is None):
            raise ValueError("size and size_param only have a meaning together; give both, or neither")
        return self


class HttpSource(_Source):
    """`[source.NAME]` with `type = "http"`: a JSON address that is asked again and again."""

    type: Literal["http"]
    url: str = Field(pattern=r"^https?://[^\s]+$")
    poll: Duration = "PT5M"
    items: str | None = None
    headers: dict[str, str] = Field(default={})
    params: dict[str, str | int | float | bool] = Field(default={})
    page: Pagination = Pagination()
    max_bytes: int = Field(default=32 * 1024 * 1024, ge=1024, le=256 * 1024 * 1024)
    verify: bool | str = True
    since_param: str | None = None
    cursor_field: str | None = None

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        return named_headers(headers)

    @property
    def poll_every(self) -> int:
        """Microseconds between two questions."""
        return parse_duration(self.poll)


Source = Annotated[FolderSource | HttpSource, Field(discriminator="type")]


def _names(mapping: str | list[str] | None) -> tuple[str, ...]:
    if mapping is None:
        return ()
    return (mapping,) if isinstance(mapping, str) else tuple(mapping)
