"""Sections of the report on reach: bands of distance, other thresholds, residents, hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.analysis import catchment
from vpvkac.analysis.coverage import (
    BANDS,
    DEMAND,
    EDGES_M,
    LOWER_M,
    UPPER_M,
    added_units,
    count_bands,
    distances,
    reach_at,
    shares_within,
)
from vpvkac.analysis.map_classes import count_measured
from vpvkac.model.territory import NONE
from vpvkac.render import frame
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Lang, Message, Text, in_context
from vpvkac.views.demand import demand_lines
from vpvkac.views.page import Beside, Block, Cell, Column, Legend, Note, Section, Table
from vpvkac.views.writer import Field, Writer, records, tabulate

if TYPE_CHECKING:
    from markupsafe import Markup

    from vpvkac.questions.coverage.view import Result

_KINDS = ("state_city", "town", "parish", "municipality", "republic_city", "undivided")
_CURVE_TO_M, _CURVE_STEP_M = 2000, 10
_READ_AT_M = (350.0, 700.0, 1500.0)
_STATUSES = {
    "all": Message("All contact points"),
    "existing": Message("Existing centres"),
    "announced": Message("Announced centres"),
    "planned": Message("Planned points"),
}
_FIGURES = {
    "centres_within": Message("Existing centres within the threshold"),
    "centres_beyond": Message("Existing centres beyond the threshold"),
    "points_within": Message("Points within the threshold"),
    "points_beyond": Message("Points beyond the threshold"),
    "points_within_share": Message("Points within the threshold, %"),
    "library_points_within_share": Message("Points in libraries within the threshold, %"),
    "libraries_chosen_within_share": Message("Chosen libraries within the threshold, %"),
    "libraries_within_share": Message("All libraries within the threshold, %"),
}
_FILES = ("network.csv",)
_NEAR = {
    "existing": Message("Near existing centres"),
    catchment.NETWORK: Message("Near all points"),
}
_BOTH = "libraries+post_offices"
_HOSTS = {
    "libraries": Message("Libraries"),
    "post_offices": Message("Post offices"),
    _BOTH: Message("Both together"),
}
_MOST_NAMED = 5
_HOST_OF = {"libraries": "library", "post_offices": "post_office"}


# --- Bands of distance -------------------------------------------------------------------------


def bands_section(result: Result) -> Section:
    """Count contact points by band: the whole country, by kind of unit, region, municipality."""
    write = Writer.of(result)
    colours = [(f"band-{number}", label) for number, label in enumerate(band_labels(result.lang))]
    blocks: list[Block] = _not_measured(result, write) or [
        _threshold_note(write),
        *_stops_outside(result, write),
        Legend(write(Message("Bands in the charts, from the left")), colours),
        *_band_tables(result, write),
    ]
    return Section("bands", write(Message("Distance to the nearest stop")), blocks)


def band_labels(lang: Lang) -> list[str]:
    """Name the bands in words, the nearest first."""
    edges = [formats.threshold(lang, edge) for edge in EDGES_M]
    between = Message("Over {lower}, up to {upper}").text(lang)
    return [
        Message("Up to {upper}").text(lang).format(upper=edges[0]),
        *(between.format(lower=lower, upper=upper) for lower, upper in pairwise(edges)),
        Message("Over {lower}").text(lang).format(lower=edges[-1]),
    ]


def _not_measured(result: Result, write: Writer) -> list[Block]:
    """Say that there are no stops; nothing where reach is known."""
    known = result.network["within"].notna().any()
    return [] if known else [Note(f"{write(words.NO_STOPS)}.", "note")]


def _threshold_note(write: Writer) -> str:
    """Say that the bands are fixed, and where the run's threshold lies among them."""
    where = Message(
        "The threshold of {threshold} lies inside the band “{band}”, so reach is shown by the "
        "column “{within}” and not by a sum of bands."
    )
    if write.threshold_m in EDGES_M[1:2]:
        where = Message(
            "The threshold of {threshold} is an edge between bands: the blue ones are within it, "
            "the orange ones beyond."
        )
    note = Message(
        "The upper edge of a band belongs to it. The bands are fixed, so that reports can be "
        "compared. {where}"
    )
    band = band_labels(write.lang)[int(np.searchsorted(EDGES_M, write.threshold_m))]
    within = _within_label(write)
    return write(note, where=write(where, threshold=write.threshold(), band=band, within=within))


def _stops_outside(result: Result, write: Writer) -> list[Block]:
    """Name the points whose nearest stop stands in no unit: distances know no border."""
    points = result.network.dropna(subset="stop").sort_values(["distance_m", "unit"])
    stops = result.inputs.stops.set_index("stop").geometry.reindex(points["stop"])
    points = points[result.inputs.territory.holding(stops.to_numpy()) == NONE]
    if points.empty:
        return []
    near = points.head(_MOST_NAMED)
    listed = [f"{one.unit_name} – {one.stop_name} ({write.metres(one.distance_m)})"
              for one in near.itertuples()]  # fmt: skip
    note = Message(
        "Points whose nearest stop stands outside the units, abroad or by their generalised "
        "borders: {count}. The nearest: {listed}."
    )
    return [Note(write(note, count=len(points), listed="; ".join(listed)), "note")]


def _within_label(write: Writer) -> str:
    return words.within_reach(write.lang, write.threshold_m) + ", %"


def _band_tables(result: Result, write: Writer) -> list[Table]:
    network = pd.DataFrame(result.network.drop(columns="geometry"))
    listed = sorted(
        records(network.drop_duplicates("municipality")),
        key=lambda row: (collation_key(row["municipality_name"]), row["municipality"]),
    )
    kinds = {kind: write(words.KINDS[kind]) for kind in _KINDS if (network["kind"] == kind).any()}
    named = network.loc[network["region"] != "", "region"].unique()
    regions = {name: name for name in sorted(named, key=collation_key)}
    municipalities = {row["municipality"]: write.municipality(row) for row in listed}
    bands = [Field(Column(label, number=True), _number(band, write)) for band, label in
               zip(BANDS, band_labels(write.lang), strict=True)]  # fmt: skip
    within = Column(_within_label(write), number=True)
    bars = [
        Field(within, lambda row: write.share(row["within_share"])),
        write.field(
            Message("Distribution"),
            lambda row: frame.stacked_bar([int(row[band]) for band in BANDS]),
        ),
    ]

    def groups(key: str, caption: Text, column: str, labels: Mapping[Any, Cell]) -> Table:
        by = {"municipality_name": "municipality"}.get(column, column)
        counts = count_bands(network, by).to_dict("index")
        rows = [{"label": label, **counts[group]} for group, label in labels.items()]
        fields = [
            write.field(column, lambda row: row["label"]),
            write.field(Message("Units"), "units"),
            write.field(Message("With an open centre"), _number("existing", write), number=True),
            *bands,
            write.field(in_context("heading", "No point"), "none"),
            *bars,
        ]
        return tabulate(key, write(caption), fields, rows, wide=True, files=_FILES)

    def with_share(band: str, row: Mapping[str, Any]) -> str:
        return f"{write.number(row[band])} ({write.share(row[f'{band}_share'])})"

    national: dict[Any, Any] = count_measured(network).to_dict("index")
    fields = [
        write.field(Message("Contact points"), lambda row: row["label"]),
        write.field(Message("Count"), "units"),
        *(
            Field(field.column, partial(with_share, band))
            for field, band in zip(bands, BANDS, strict=True)
        ),
        *bars,
    ]
    caption = Message("Contact points by distance to the nearest stop, all Latvia")
    rows = [{"label": write(_STATUSES[code]), **counts} for code, counts in national.items()]
    return [
        tabulate("nation", write(caption), fields, rows, files=_FILES),
        groups("kinds", Message("By kind of unit"), "kind", kinds),
        *[groups("regions", Message("By statistical region"), "region", regions)] * bool(regions),
        groups("municipalities", Message("By municipality"), "municipality_name", municipalities),
    ]


def _number(column: str, write: Writer) -> Any:
    return lambda row: write.number(row[column])


# --- Other thresholds --------------------------------------------------------------------------


def thresholds_section(result: Result) -> Section:
    """Say how the figures about reach would move with another threshold."""
    write = Writer.of(result)
    blocks, limits = _not_measured(result, write), sorted({LOWER_M, write.threshold_m, UPPER_M})
    if not blocks:
        metres = distances(result.network, result.places)
        at = {limit: reach_at(metres, limit) for limit in limits}
        curve = _curve(metres["points"], limits, write)
        blocks = [_moves(at, write), _thresholds_table(at, write), curve]
    title = write(Message("How the result changes with another threshold"))
    return Section("thresholds", title, blocks)


# Figures of `reach_at` by threshold.
_At = Mapping[float, Mapping[str, float]]


def _moves(at: _At, write: Writer) -> str:
    """Say in a sentence how far the choice of the threshold matters."""
    low, own, high = (at[limit] for limit in (LOWER_M, write.threshold_m, UPPER_M))
    text = Message(
        "With a threshold of {lower}, {lower_share} of the points would be within reach, with "
        "{upper} {upper_share}, with {threshold} {share}. Points whose verdict depends on the "
        "choice between {lower} and {upper}: {swing}."
    )
    limits = {"lower": LOWER_M, "upper": UPPER_M, "threshold": write.threshold_m}
    shares = {"lower_share": low, "upper_share": high, "share": own}
    return write(
        text,
        swing=write.number(high["points_within"] - low["points_within"]),
        **{name: write.threshold(limit) for name, limit in limits.items()},
        **{name: write.share(figures["points_within_share"]) for name, figures in shares.items()},
    )


def _thresholds_table(at: _At, write: Writer) -> Table:
    """Give the figures at 600 m, 800 m and the run's own threshold."""
    own = Message("{threshold} (this run)")

    def figure(limit: float, code: str) -> str:
        value = at[limit][code]
        return write.share(value) if code.endswith("share") else write.number(value)

    fields = [write.field("figure", lambda code: write(_FIGURES[code]))]
    for limit in at:
        label = write.threshold(limit)
        label = write(own, threshold=label) if limit == write.threshold_m else label
        fields.append(Field(Column(label, number=True), partial(figure, limit)))
    caption = Message("The figures at thresholds of 600 m, 800 m and that of this run")
    return tabulate("limits", write(caption), fields, _FIGURES, files=_FILES)


def _curve(metres: np.ndarray, limits: Sequence[float], write: Writer) -> Markup:
    """Draw the share of points with a stop no farther than each distance."""
    along = np.arange(0, _CURVE_TO_M + 1, _CURVE_STEP_M, dtype=float)
    step = Message("{distance}: {share}")
    steps = [
        write(step, distance=write.threshold(limit), share=write.share(share))
        for limit, share in zip(_READ_AT_M, shares_within(metres, _READ_AT_M), strict=True)
    ]
    text = Message(
        "The curve grows with the distance: {steps}. The vertical lines mark the thresholds."
    )
    title = Message("Share of contact points with a stop no farther than the distance given")
    return frame.curve(
        list(zip(along.tolist(), shares_within(metres, along).tolist(), strict=True)),
        marks=[(limit, write.threshold(limit), limit == write.threshold_m) for limit in limits],
        title=write(title),
        text=write(text, steps="; ".join(steps)),
        axis=write(Message("Straight-line distance, m")),
        lang=write.lang,
    )


# --- Residents ---------------------------------------------------------------------------------


def people_section(result: Result) -> Section:
    """Count residents in units with a point and within each distance, and what they may ask for."""
    write = Writer.of(result)
    title = write(in_context("page", "Residents near the points"))
    if result.residents.empty:
        text = Message(
            "Residents are not given (population), so neither those near the points nor the "
            "services they may ask for are computed."
        )
        return Section.of("people", title, write(text))
    labels = {catchment.IN_UNIT: write(Message("The unit has a point"))}
    for metres, distance in words.RADII.items():
        labels[f"within_{metres}"] = write(Message("Within {}"), distance)
    table = _people_table(result, labels, write)
    pair = Beside(_people_charts(result, labels, write))
    return Section("people", title, [*people_sentences(result), table, pair])


def people_sentences(result: Result) -> list[str]:
    """Say how residents were counted, and how many services are expected."""
    write = Writer.of(result)
    method = Message(
        "An estimate: residents are known by territorial unit only, so they are assumed to live "
        "evenly over its area; the share of residents within a distance equals the share of the "
        "area within it."
    )
    if result.residents["basis"].iloc[0] == catchment.GRID:
        method = Message(
            "Residents are counted by cells of the grid: a cell is counted at the distance of its "
            "centre. The published grid has 5 for counts of 1 to 10, so every count is given with "
            "the range (in brackets) within which it is certain to lie."
        )
    sums, peak = result.network[DEMAND].sum(), result.project.rules.peak_factor
    expected, *basis = demand_lines(sums, peak, write)
    of_all = f"{write(words.RESIDENTS_POINTS[catchment.NETWORK])}: {words.lowered(expected)}"
    return [write(method), of_all, *basis]


def _people_table(result: Result, labels: Mapping[str, str], write: Writer) -> Table:
    by_key = {(row["measure"], row["points"]): row for row in records(result.residents)}

    def counted(points: str, measure: str) -> str:
        row = by_key[measure, points]
        names = {"population": "residents", "population_least": "least", "population_most": "most"}
        return words.residents(write.lang, {name: row[of] for name, of in names.items()})

    def shared(points: str, measure: str) -> str:
        """Write a share, and the band it lies in where suppressed counts leave it open."""
        row = by_key[measure, points]
        share, least, most = (row[name] for name in ("share", "share_least", "share_most"))
        if pd.isna(share) or least == most:
            return write.share(share)
        return f"{write.share(share)} ({formats.share_band(write.lang, least, most)})"

    fields = [write.field(Message("Group of residents"), lambda measure: labels[measure])]
    for points, heading in _NEAR.items():
        fields += [
            write.field(heading, partial(counted, points), number=True),
            write.field(Message("Share"), partial(shared, points), number=True),
        ]
    caption = write(Message("Residents by distance to the nearest contact point"))
    return tabulate("people", caption, fields, labels, files=("residents.csv",))


def _people_charts(result: Result, labels: Mapping[str, str], write: Writer) -> list[Markup]:
    """Draw the share of residents within each distance; nothing where it cannot be told."""
    shares = result.residents.set_index(["measure", "points"])["share"]
    if shares.isna().any():
        return []
    title = Message("Share of residents within a distance of {}")
    return [
        frame.bars(
            [
                frame.Bar(label, share := float(shares[measure, points]), write.share(share))
                for measure, label in labels.items()
                if measure != catchment.IN_UNIT
            ],
            key=f"people-{points}",
            title=write(title, write(words.NEAR_POINTS[points])),
        )
        for points in _NEAR
    ]


# --- Libraries and post offices ----------------------------------------------------------------


def hosts_section(result: Result) -> Section:
    """Set libraries against post offices in a sentence, a table and a chart."""
    write = Writer.of(result)
    title = write(Message("Libraries compared with post offices"))
    hosts = [name for name, host in _HOST_OF.items() if host in result.project.hosts]
    if not hosts:
        return Section.of("hosts", title, write(Message("No libraries or post offices are given.")))
    hosts += [_BOTH] * (len(hosts) == len(_HOST_OF))
    rows = records(result.hosts[result.hosts["hosts"].isin(hosts)])
    analysis = Message(
        "The 2020 analysis (chapter 3.6) found that libraries cover more territory and that "
        "Latvijas Pasts is not needed as a partner; the table allows this to be tested on the data "
        "given."
    )
    fields = [
        write.field("host", lambda row: write(_HOSTS[row["hosts"]])),
        write.field("places"),
        write.field(Message("Units that hold one"), "units"),
        write.field("units_share"),
        write.field("within", _number("within", write), number=True),
        write.field(Message("Within {threshold}, %"), "within_share"),
        write.field(Message("Chosen within {threshold}, %"), "chosen_within_share"),
        write.field(Message("Units with neither a centre nor any other place"), "only_units"),
    ]
    shares = [(write(_HOSTS[row["hosts"]]), row["units_share"]) for row in rows]
    return Section.of(
        "hosts",
        title,
        _added(result.hosts, write) if _BOTH in hosts else None,
        None if result.synthetic else write(analysis),
        tabulate(
            "hosts",
            write(Message("Libraries and post offices")),
            fields,
            rows,
            wide=True,
            files=("hosts.csv",),
        ),
        frame.bars(
            [frame.Bar(label, share, write.share(share)) for label, share in shares],
            key="hosts",
            title=write(Message("Share of units that hold such a place")),
        ),
    )


def _added(hosts: pd.DataFrame, write: Writer) -> str:
    """Say what post offices would add to the libraries."""
    text = Message(
        "Units with a library: {libraries}; with a post office: {post_offices}; with a post office "
        "but no library: {added}. In so many units post offices could add to the network of "
        "libraries."
    )
    shares = hosts.set_index("hosts")["units_share"]
    return write(
        text,
        libraries=write.share(shares["libraries"]),
        post_offices=write.share(shares["post_offices"]),
        added=write.number(added_units(hosts)),
    )
