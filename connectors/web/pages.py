"""One answer of a polled address to rows: parse its JSON, map its records.

The same formats and mappings as for files; what differs is that an answer is bytes in memory and a page of many.
"""

from __future__ import annotations

import io
from typing import Any

from connectors.formats.blocks import Block, Layout
from connectors.formats.documents import decode, read_document
from connectors.mapping.choosing import PlainNames, Reader
from connectors.mapping.compiled import CompiledMapping
from connectors.settings.settings_file import HttpSource, Settings
from connectors.values.targets import SIGNAL
from connectors.web.polling import PageContent, PageReader
from engine.intake.ingest import SourceBatch
from engine.values.errors import BadInput
from engine.vocabulary.model import Refusal, SignalIn


def page_reader(settings: Settings, name: str) -> PageReader:
    """Reads the answers of a source by its mappings. Raises BadInput when one of them makes no signals.

    Without a mapping the records' fields have to have the names of a signal's.
    """
    source = settings.sources[name]
    assert isinstance(source, HttpSource)
    mappings: list[Reader] = [_signal_mapping(settings, name, mapping) for mapping in source.mapping_names]
    mappings = mappings or [PlainNames(SIGNAL, settings.desk.currency)]
    layout = Layout("json", items=source.items or mappings[0].layout.items)
    looks_around = source.page.field is not None

    def read(body: bytes, place: str) -> PageContent:
        rows: list[list[SignalIn | Refusal]] = [[] for _ in mappings]
        records: list[Any] = []
        for part in read_document(io.BytesIO(body), place, layout, len(body) + 1):
            if isinstance(part, Refusal):
                rows[0].append(part)
                records.append(None)
                continue
            records += part.objects or ()
            for mapping, found in zip(mappings, rows, strict=True):
                found += _signals(mapping, part, place)
        batches = [
            SourceBatch(source=name, kind="http", identity=mapping.identity, rows=found, file=place)
            for mapping, found in zip(mappings, rows, strict=True)
            if found
        ]
        # The document as a whole is needed only where it names the next page.
        document = decode(body.decode("utf-8-sig", "replace"), place) if looks_around else None
        return PageContent(document, records, batches)

    return read


def _signal_mapping(settings: Settings, source: str, mapping: str) -> CompiledMapping:
    section = settings.mappings.get(mapping)
    if section is None:
        mend = f"add a table [mapping.{mapping}]"
        raise BadInput(f"source.{source}.mapping", f"there is no mapping {mapping!r}", mend)
    if section.as_ != SIGNAL:
        mend = f"use `offplan load --as {section.as_}` for plans, and a mapping as signal here"
        raise BadInput(f"source.{source}.mapping", f"mapping {mapping!r} makes no signals but {section.as_}", mend)
    return CompiledMapping(mapping, section, settings.desk.currency)


def _signals(mapping: Reader, block: Block, place: str) -> list[SignalIn | Refusal]:
    return [row for row in mapping.rows(block, place) if isinstance(row, (SignalIn, Refusal))]
