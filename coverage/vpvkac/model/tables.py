"""The tables that the program writes: the columns of each in their order, and what tells its rows.

A table has the columns of the registry (`vpvkac.model.columns`); where one means something else
in a table, it is given anew there.  Who adds a column adds it here, to the registry if it is new,
and computes it in `vpvkac.analysis`: every file then has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vpvkac.model.columns import COLUMNS, COUNT, LENGTH, SENTENCE, Column
from vpvkac.texts import words
from vpvkac.texts.message import Bilingual, Message, Text


@dataclass(frozen=True)
class Table:
    """A table that is written, by the name of its file, without ending, or of its layer.

    Its title is short enough for the name of a sheet in Excel, empty where no workbook has it.
    Names of columns: `key` tells rows apart, `given` come from inputs (the others are computed),
    `filled` of them are never null or empty, and without those `needed` an earlier table cannot
    be read back: later versions may add some.
    """

    name: str
    title: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the columns that no language changes."""
        return tuple(column.name for column in self.columns if column.type != SENTENCE)

    @property
    def decimals(self) -> dict[str, int]:
        """Decimals of the columns of floats, as CSV files have them."""
        found = {column.name: column.type.decimals for column in self.columns}
        return {name: decimals for name, decimals in found.items() if decimals is not None}

    def stored(self, *types: str) -> tuple[str, ...]:
        """Names of the columns stored as one of the types "string", "boolean" …."""
        return tuple(column.name for column in self.columns if column.type.stored in types)


def _table(
    name: str, title: Text, key: str, columns: str,
    *, own: Mapping[str, Column] | None = None, **lists: str,
) -> Table:  # fmt: skip
    """Make a table of names parted by blanks, and of the columns that are its own."""
    declared = {**COLUMNS, **(own or {})}
    chosen = tuple(declared[column] for column in columns.split())
    split = {of: tuple(names.split()) for of, names in lists.items()}
    return Table(name, title, chosen, tuple(key.split()), **split)


def _as(column: str, **changes: object) -> Column:
    return replace(COLUMNS[column], **changes)  # type: ignore[arg-type]


_UNTITLED = Bilingual("", "")
_SERVICE = "visits visits_within service_class"
# The answers of before table 30 whole, then the others.
_ANSWERS = "step_free public_computer desk_apart parking"
_MORE_ANSWERS = " ".join(name for name in words.REQUIREMENTS if name not in _ANSWERS.split())
_COMPLIANCE = "requirements_met requirements_not_met requirements_unknown compliance floor_check"
_DECIDED = "decision decision_place responsible due note"
_CLUSTERED = "cluster cluster_name cluster_size"
_BAND = "population_least population_most"
_DEMAND = "services_least services_most staff_least staff_most"
_UNIT = "unit unit_name kind municipality municipality_name"
_POINT = (
    f"{_UNIT} region status host place place_name address lat lon stop stop_name distance_m "
    "walk_min within uncertain located_by near_border distance_all_m"
)
_UNITS_GIVEN = f"{_UNIT} region area_km2 population"
_STOPS_GIVEN = "stop stop_name feed regional modes visits unit lat lon calls_by_day parent"
_WITHIN_COUNTED = {"within": _as("within", type=COUNT)}
# Of a unit from run A to run B.
_CHANGES = {
    "new_unit": Message("New territorial unit"),
    "gone_unit": Message("Territorial unit no longer there"),
    "gained_point": Message("Gained a contact point"),
    "lost_point": Message("Lost its contact point"),
    "gained_reach": Message("Now within reach"),
    "lost_reach": Message("No longer within reach"),
    "status": Message("Status changed"),
    "moved": Message("Contact point elsewhere"),
    "reach_known": Message("Reach now known"),
    "reach_unknown": Message("Reach no longer known"),
    "nearer": Message("Nearer to a stop"),
    "farther": Message("Farther from a stop"),
    "same": Message("Unchanged"),
}

_REACH_POINTS = {"points": _as("points", codes=words.REACH_POINTS)}

# fmt: off
_DECLARED = (
    # `run`
    _table("summary", words.SUMMARY, "criterion measure",
           "criterion value measure target published met least most part whole",
           needed="criterion measure value"),
    _table("network", words.NETWORK, "unit",
           f"{_POINT} {_SERVICE} residents_nearest residents_nearest_least residents_nearest_most "
           f"{_DEMAND} quality_class",
           needed=_POINT),
    _table("places", Message("Places"), "place",
           "place host name address unit municipality owner status chosen hours phone email "
           "located_by located_within_m score near_border lat lon stop stop_name distance_m "
           f"walk_min within uncertain distance_all_m {_ANSWERS} {_SERVICE} "
           f"located_unit quality_class {_MORE_ANSWERS} {_COMPLIANCE}",
           own={"status": _as("status", codes=words.PLACE_STATUSES)},
           given="place host name address phone email owner unit municipality hours status "
                 "located_by located_within_m score near_border lat lon located_unit",
           filled="host unit municipality status located_by located_within_m near_border lat lon "
                  "located_unit"),
    _table("units", Message("Territorial units"), "unit",
           f"{_UNITS_GIVEN} centres announced libraries post_offices other stops status distance_m "
           f"within {_BAND} age_65_74 age_75 offline",
           own={"kind": _as("kind", pattern="state_city|town|parish|municipality")},
           given=_UNITS_GIVEN,
           filled="kind municipality area_km2",
           needed=_UNIT),
    _table("municipalities", Message("Municipalities"), "municipality",
           "municipality municipality_name region units area_km2 population centres centres_owned "
           "announced libraries post_offices units_existing units_announced units_planned "
           f"units_none points_within points_beyond points_uncertain {_BAND} {_DEMAND} offline"),
    _table("gaps_access", words.ACCESS_GAPS, "place",
           f"rank class {_UNIT} host status place place_name address lat lon distance_m over_m "
           "stop stop_name visits distance_all_m uncertain located_by located_within_m alt_place "
           "alt_host alt_name alt_address alt_distance_m population remedy reason phone email "
           f"{_BAND} alt_visits_within alt_service_class {_CLUSTERED} {_DECIDED}"),
    _table("gaps_service", words.SERVICE_GAPS, "place",
           f"rank {_UNIT} host status place place_name address lat lon stop stop_name distance_m "
           f"{_SERVICE} population remedy reason phone email {_BAND} {_DECIDED}"),
    _table("gaps_quality", words.QUALITY_GAPS, "place",
           f"rank {_UNIT} host status place place_name address lat lon stop stop_name distance_m "
           f"calls_by_day visits visits_within population phone email {_BAND}"),
    _table("gaps_coverage", words.COVERAGE_GAPS, "unit",
           f"rank {_UNIT} area_km2 population other_premises nearest_place nearest_host "
           f"nearest_name nearest_unit_name nearest_m remedy reason {_BAND} {_CLUSTERED} "
           f"{_DECIDED}"),
    _table("gaps_municipalities", Message("Municipalities without a centre"), "municipality",
           "rank municipality municipality_name units announced planned none area_km2 population "
           f"institution_offices remedy reason {_BAND} decisions"),
    _table("hosts", Message("Libraries and post offices"), "hosts",
           "hosts places units units_share within within_share chosen_within_share only_units",
           own=_WITHIN_COUNTED),
    _table("residents", Message("Residents near the points"), "measure points",
           "measure radius_m points residents least most share share_least share_most basis",
           own={"measure": _as("measure", codes=words.RESIDENTS_MEASURES),
                "least": _as("least", type=COUNT),
                "most": _as("most", type=COUNT),
                "basis": _as("basis", codes=words.RESIDENTS_BASES)}),
    # The country, each kind of unit, each municipality, by set of points.
    _table("worst_off", Message("Who lives farthest"), "people points kind municipality",
           "people points kind municipality municipality_name residents distance_p50 distance_p90 "
           "distance_p99 minutes_p50 minutes_p90 minutes_p99 none_share",
           own=_REACH_POINTS),
    _table("standards", Message("Standards"), "km points municipality",
           "km points municipality municipality_name residents share share_least share_most "
           "required met",
           own=_REACH_POINTS),
    _table("published", Message("Published figures"), "figure",
           "figure section published value difference basis reason name measure place "
           "municipality_name",
           own={name: _as(name, type=SENTENCE) for name in ("section", "basis", "name")}),
    _table("gap_clusters", Message("Clusters of gaps"), "cluster",
           "cluster name remedy gaps units residents lat lon extent_m reason municipalities"),
    _table("follow_up", Message("Decisions on gaps"), "row",
           "row unit unit_name municipality municipality_name decision place place_name "
           "responsible due overdue note state lists"),
    _table("progress", Message("Progress of the network"), "municipality",
           "municipality municipality_name units units_existing units_announced units_planned "
           "units_none existing_share remaining decisions_open decisions_done"),
    _table("institutions", Message("Nearest office by institution"), "unit institution",
           "unit unit_name municipality municipality_name institution place place_name address "
           "nearest_m",
           own={"nearest_m": _as("nearest_m", heading=Message("Distance to the nearest office"))}),
    _table("institution_places", Message("Offices of institutions by unit"), "unit",
           "unit unit_name municipality municipality_name institutions offices has_centre status "
           "host place place_name address state_centres"),
    _table("candidates", Message("Candidates compared"), "place",
           "unit unit_name municipality municipality_name place host place_name address chosen "
           "on_front better_place distance_m quality_class residents_within step_free floor_check "
           "weekly_h compliance requirements_unknown"),
    # A layer of the GeoPackage alone; the stop is not another feature's nearest one.
    _table("stops", Message("Stops"), "stop",
           "stop stop_name feed regional modes visits unit in_set lat lon calls_by_day parent",
           own={"stop_name": _as("stop_name", heading=COLUMNS["name"].heading)},
           given=_STOPS_GIVEN,
           filled="regional modes lat lon",
           needed="stop lat lon"),
    _table("layout_changes", _UNTITLED, "old new",
           "old old_name new new_name change"),
    # The other commands
    _table("check", _UNTITLED, "",
           "level file row field value problem remedy alike",
           own={"value": _as("value", type=COLUMNS["name"].type, heading=Message("Value")),
                "remedy": _as("remedy", type=SENTENCE, codes=None)}),
    _table("walk", _UNTITLED, "place",
           "place unit air_stop air_m street_stop street_m off_street_m detour minutes within_air "
           "within_street reason",
           own={"reason": _as("reason", type=COLUMNS["cause"].type)}),
    _table("hours", _UNTITLED, "place",
           "place unit hours weekly_h lunch_closed early evening saturday intensity_share host "
           "municipality weekly_h_least weekly_h_most year_h lunch_days early_days evening_days "
           "late_days unknown stop service_day bus_before bus_after bus_unknown"),
    _table("site", _UNTITLED, "method rank",
           "rank place unit lat lon gain covered share method optimal gap mean_m covered_least "
           "covered_most host place_name unit_name"),
    # The decimals of its values go by the row.
    _table("cost", _UNTITLED, "scenario row year",
           "scenario row year value published",
           own={"row": _as("row", type=COLUMNS["name"].type)}),
    # Of the remaining units, those that open first.
    _table("plan", Message("The plan by year"), "unit",
           "rank year unit unit_name municipality place host setup upkeep residents area_km2 "
           "municipality_name place_name address lat lon fixed greedy_rank greedy_year"),
    _table("plan_years", _UNTITLED, "year",
           "year opened spent budget area_share target residents_share met open cost area_km2 "
           "residents greedy_opened greedy_area_share greedy_residents_share optimal gap served "
           "bound"),
    # As `Project.with_points` reads it.
    _table("plan_points", _UNTITLED, "place", "place host name address unit lat lon status hours",
           own={"status": _as("status", codes=words.PLACE_STATUSES)}),
    _table("compare", _UNTITLED, "unit",
           "unit status_a status_b distance_a distance_b change cause unit_name municipality_name "
           "within_a within_b uncertain_a uncertain_b host_a host_b place_a place_b place_name_a "
           "place_name_b stop_a stop_b stop_name_a stop_name_b lat_a lon_a lat_b lon_b moved_m "
           "counterparts",
           own={"change": _as("change", codes=_CHANGES),
                "unit_name": _as("unit_name", heading=Message("Unit"))}),
    _table("compare_summary", _UNTITLED, "criterion measure",
           "criterion measure value_a value_b difference",
           own={"difference": _as("difference", heading=Message("Difference (B − A)"))}),
    # A unit, a municipality or the country, by set of points; residents.
    _table("compare_reach", _UNTITLED, "points unit municipality",
           "points unit unit_name municipality municipality_name residents able_a able_b gained "
           "lost more fewer",
           own=_REACH_POINTS),
    _table("compare_service", _UNTITLED, "line stop",
           "line stop stop_name change departures_a departures_b times_a times_b arrivals_a "
           "arrivals_b arrival_times_a arrival_times_b residents_lost",
           own={"change": _as("change", codes=words.SERVICE_CHANGES)}),
    # In the JSON of `explain`.
    _table("explain_unit", _UNTITLED, "unit",
           f"{_UNIT} region area_km2 population {_BAND} centres announced libraries post_offices "
           "other stops status"),
    _table("explain_candidates", _UNTITLED, "place",
           "place host name address status distance_m within uncertain stop stop_name located_by "
           "located_within_m near_border floor_check"),
    _table("explain_stops", _UNTITLED, "stop",
           "stop stop_name feed regional modes visits distance_m"),
    _table("explain_point", _UNTITLED, "place",
           "status host place place_name stop stop_name distance_m within uncertain"),
    _table("explain_gaps", _UNTITLED, "place",
           "class place distance_m over_m alt_place alt_name alt_distance_m remedy reason"),
    # GeoParquet; without the weight where there is none.
    _table("demand", _UNTITLED, "",
           "origin place place_m stop stop_m within unit place_within weight lat lon"),
    # The last row is of origins in no unit.
    _table("demand_units", _UNTITLED, "unit",
           f"{_UNIT} origins within within_share place_within place_within_share place_m_mean "
           "place_m_median place_m_max stop_m_mean stop_m_median stop_m_max weight weight_within "
           "weight_within_share weight_place_within weight_place_within_share",
           own=_WITHIN_COUNTED | {"place_within": _as("place_within", type=COUNT)}),
    # A unit, a municipality or the country, by set of points.
    _table("reach", Message("Usable there and back"), "points unit municipality",
           "points unit unit_name municipality municipality_name residents walk bus none "
           "none_least none_most appointments_median minutes_p50 minutes_p90 changes_p50 "
           "own_share way rank",
           own=_REACH_POINTS | {"none": _as("none", heading=Message("Residents who cannot"))}),
    _table("reach_places", Message("Hours that can be used"), "points place",
           "points place unit hours hours_known appointments residents_walk residents_bus first "
           "last busiest earlier_adds later_adds appointments_bus unused",
           own=_REACH_POINTS),
    # As they are, and those of an hour more before the first or after the last.
    _table("reach_hours", Message("Appointments of each point"),
           "points place begin", "points place begin is_open residents_walk residents_bus adds",
           own=_REACH_POINTS),
    # Where each line stops on the day, and when.
    _table("reach_service", Message("Departures of the day"), "line stop",
           "line stop stop_name lat lon departures times arrivals arrival_times",
           needed="line stop stop_name lat lon departures times arrivals arrival_times"),
    # GeoParquet; times are seconds after midnight of the service day.
    _table("reach_homes", _UNTITLED, "home points",
           "home lat lon unit residents points class way place own appointments of out arrive "
           "leave back minutes changes walk_place walk_m hour",
           own=_REACH_POINTS | {
               "class": _as("class", heading=Message("How residents get there"),
                            codes=words.REACH_CLASSES),
               "minutes": _as("minutes", type=COUNT, heading=Message("Minutes away"))}),
    _table("gaps_reach", Message("No way there and back"), "points unit",
           "rank points unit unit_name municipality municipality_name residents_none none_least "
           "none_most way remedy reason example place place_name out arrive leave back stop "
           "stop_name distance_m walk_s",
           own=_REACH_POINTS | {"remedy": _as("remedy", codes=words.REACH_REMEDIES),
                                "stop_name": _as("stop_name", heading=Message("Stop")),
                                "distance_m": _as("distance_m", type=LENGTH)}),
)
# fmt: on
TABLES = {table.name: table for table in _DECLARED}
# Those of `run`; stops are a layer of the GeoPackage alone.
OUTPUTS = (
    "summary", "network", "places", "units", "municipalities", "gaps_access", "gaps_service",
    "gaps_coverage", "gaps_municipalities", "hosts", "residents", "worst_off", "standards",
    "published", "gap_clusters", "follow_up", "progress", "gaps_quality", "institutions",
    "institution_places", "candidates", "stops",
)  # fmt: skip
