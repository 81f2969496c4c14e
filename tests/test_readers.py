"""Each reader takes its published form, accounts for every row, and says what is wrong."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input, StopInput
from vpvkac.sources.libraries import read_libraries
from vpvkac.sources.plain import read_plain_hosts, read_plain_stops
from vpvkac.sources.post_offices import read_post_offices
from vpvkac.sources.register import read_register
from vpvkac.texts.words import DROPPED

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

FOLDER = tempfile.TemporaryDirectory()
LIBRARIES = "_id,Objekta nosaukums,ISIL kods,Adrese,LAT,LON,LKS-92 X,LKS-92 Y,Juridiskais statuss\n"
REGISTER = "KODS,TIPS_CD,STATUSS,NOSAUKUMS,STD,DD_N,DD_E\n"
OFFICE: dict[str, Any] = {
    "id": "3122", "type": 2, "countryCode": "LV", "postCode": "LV-1055", "status": 1,
    "readableAddress": "Dzirciema iela 1, Rīga", "label": "Iļģuciema pasta nodaļa",
    "latitude": 56.97, "longitude": 24.06,
    "workingHours": {"monday": "09:00-18:00", "tuesday": " 8:00-11:00", "sunday": "-"},
}  # fmt: skip
PLAIN = {"id": "nr", "name": "nr", "lat": "y", "lon": "x", "status": "st", "unit": "kods"}


def source(content: str | bytes, name: str = "file.csv", **more: Any) -> Input:
    path = Path(FOLDER.name) / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Input(path, name, **more)


def offices(*entries: dict[str, Any], **more: Any) -> Reading:
    return read_post_offices(source(json.dumps(entries), "offices.json", **more))


def accounted(reading: Reading) -> dict[str, int]:
    """Give the rows dropped by reason; used and dropped rows make up all that were read."""
    assert reading.rows_read == len(reading.table) + sum(reading.dropped.values())
    return {reason: count for reason, count in reading.dropped.items() if count}


def errors(read: Callable[[], Reading]) -> list[Fault]:
    """Give the errors of a reading, raised or returned."""
    try:
        faults = read().faults
    except InputError as error:
        faults = error.faults
    return [fault for fault in faults if fault.level == "error"]


def warnings(reading: Reading) -> list[tuple[int | None, str | None, str | None, int]]:
    return [(fault.row, fault.field, fault.value, fault.alike) for fault in reading.faults]


# --- Libraries ------------------------------------------------------------------------------


def library(number: int, status: str = "P", lat: str = "57.1", lon: str = "24.1") -> str:
    return f'{number},Bibliotēka {number},LV-X,"Iela {number}, Rīga",{lat},{lon},,,{status}\n'


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["P", "Cits", "", None]), min_size=1, max_size=12))
def test_every_library_row_is_used_or_dropped_for_its_reason(kinds: list[str | None]) -> None:
    lines = [",,,,,,,,\n" if kind is None else library(n, kind) for n, kind in enumerate(kinds)]
    where = {"Juridiskais statuss": ("P",)}
    asked = source(LIBRARIES + "".join(lines), where=where)
    if set(kinds) == {None}:
        assert errors(lambda: read_libraries(asked))
        return
    reading = read_libraries(asked)
    counts = Counter("blank" if kind is None else kind for kind in kinds)
    expected = {"blank": counts["blank"], "not_in_where": counts["Cits"] + counts[""]}
    assert accounted(reading) == {reason: n for reason, n in expected.items() if n}
    assert reading.rows_read == len(kinds)
    assert len(reading.table) == counts["P"]
    # The physical line of a row is its place in the list, under the header.
    assert reading.table["row"].tolist() == [n + 2 for n, k in enumerate(kinds) if k == "P"]


def test_a_library_keeps_what_the_file_says() -> None:
    content = "\ufeff" + LIBRARIES + '7,"Zīles ""Ozola"" bibl.",I,"Iela 1, Rīga",56.9,24.1,,,P\n'
    row = read_libraries(source(content)).table.iloc[0]
    assert row[["id", "name", "address", "status"]].tolist() == [
        "7", 'Zīles "Ozola" bibl.', "Iela 1, Rīga", "open"
    ]  # fmt: skip
    assert (row["lat"], row["lon"]) == (56.9, 24.1)


def test_a_library_without_degrees_keeps_its_lks_92_pair() -> None:
    row = read_libraries(source(LIBRARIES + "7,A,I,Iela,,,312000.5,506000,P\n")).table.iloc[0]
    assert np.isnan(row["lat"])
    assert (row["x"], row["y"]) == (312000.5, 506000)


def test_without_a_filter_all_libraries_count_and_it_is_said() -> None:
    (warning,) = read_libraries(source(LIBRARIES + library(1))).faults
    assert warning.level == "warning"
    assert "all its rows count" in warning.problem.text("en")


def test_a_filter_value_that_no_row_has_is_said() -> None:
    where = {"Juridiskais statuss": ("P", "Pašvaldibas")}
    reading = read_libraries(source(LIBRARIES + library(1), where=where))
    assert warnings(reading) == [(None, "Juridiskais statuss", "Pašvaldibas", 1)]


@pytest.mark.parametrize("value", ["57,1", "NaN", "inf", "1e400", "1_000", "0x39", "N 57", "--5"])
def test_a_coordinate_that_is_no_number_is_an_error_at_its_row(value: str) -> None:
    content = LIBRARIES + library(1) + library(2, lat=f'"{value}"') + library(3, lat=f'"{value}"')
    (fault,) = errors(lambda: read_libraries(source(content)))
    assert (fault.row, fault.field, fault.value, fault.alike) == (3, "LAT", value, 2)
    assert ("decimal comma?" in fault.problem.text("en")) == (value == "57,1")


def test_all_faults_of_a_file_are_told_at_once() -> None:
    content = LIBRARIES + library(1) + library(1, lat="91") + library(2, lon="abc") + ",A,,,,,,,\n"
    found = errors(lambda: read_libraries(source(content)))
    assert {(fault.row, fault.field) for fault in found} == {
        (3, "_id"), (3, "LAT"), (4, "LON"), (5, "_id")
    }  # fmt: skip


def test_a_published_file_without_rows_is_an_error() -> None:
    assert errors(lambda: read_libraries(source(LIBRARIES)))
    assert errors(lambda: read_register(source(REGISTER)))
    assert errors(offices)


# --- Post offices ---------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 2, 6, 7, 9, 3, None, "2"]), st.sampled_from([1, 2, None])),
        min_size=1,
        max_size=12,
    )
)
def test_every_entry_is_an_office_or_dropped_for_its_reason(kinds: list[tuple[Any, Any]]) -> None:
    reading = offices(
        *(OFFICE | {"id": n, "type": kind, "status": status}
          for n, (kind, status) in enumerate(kinds))
    )  # fmt: skip
    is_office = [kind in (1, 2, "2") for kind, _ in kinds]
    closed = sum(
        office and status != 1 for office, (_, status) in zip(is_office, kinds, strict=True)
    )
    expected = {"type": is_office.count(False), "status": closed}
    assert accounted(reading) == {reason: n for reason, n in expected.items() if n}
    assert reading.rows_read == len(kinds)
    told = {fault.field: fault.alike for fault in reading.faults}
    unknown = sum(kind in (3, None) for kind, _ in kinds)
    assert told.get("type", 0) == unknown
    assert told.get("status", 0) == closed


def test_an_office_keeps_what_the_list_says() -> None:
    row = offices(OFFICE).table.iloc[0]
    assert row["id"] == "3122"
    assert row["address"] == "Dzirciema iela 1, Rīga, LV-1055"
    assert row["hours"] == "Mo 09:00-18:00; Tu 08:00-11:00"
    assert (row["lat"], row["lon"], row["row"]) == (56.97, 24.06, 1)


@pytest.mark.parametrize(
    "hours", [{"monday": "pēc pieraksta"}, {"monday": "8:60-9:00"}, {"monday": 5}, "9-17", [1]]
)
def test_hours_not_understood_are_left_empty_with_a_warning(hours: object) -> None:
    reading = offices(OFFICE | {"workingHours": hours})
    assert reading.table["hours"].tolist() == [""]
    ((_, field, _, _),) = warnings(reading)
    assert field == "workingHours"


@pytest.mark.parametrize("hours", [None, {}, {"monday": None}, {"monday": "-"}])
def test_hours_that_are_not_given_are_no_fault(hours: object) -> None:
    reading = offices(OFFICE | {"workingHours": hours})
    assert reading.table["hours"].tolist() == [""]
    assert warnings(reading) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latitude", True), ("latitude", "56,97"), ("latitude", float("nan")), ("latitude", 10**30),
        ("longitude", [24.06]), ("longitude", -181), ("label", {"lv": "Nodaļa"}), ("label", True),
        ("readableAddress", ["Rīga"]), ("id", None), ("id", ""), ("id", False),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_an_error_at_its_entry(field: str, value: object) -> None:
    found = errors(lambda: offices(OFFICE, OFFICE | {"id": "2", field: value}))
    assert [(fault.row, fault.field) for fault in found] == [(2, field)]


def test_ids_as_number_and_as_text_are_the_same_key() -> None:
    (fault,) = errors(lambda: offices(OFFICE | {"id": 7}, OFFICE | {"id": " 7"}))
    assert (fault.row, fault.field, fault.value) == (2, "id", "7")


@pytest.mark.parametrize(
    "content",
    ["", "{", "[1,2]", "null", '{"offices": []}', "[" * 100_000, '[{"id": ' + "9" * 5000 + "}]"],
)
def test_what_is_no_list_of_entries_is_refused(content: str) -> None:
    (fault,) = errors(lambda: read_post_offices(source(content, "offices.json")))
    assert "JSON" in fault.problem.text("en")


def test_offices_as_the_interface_gives_them_now() -> None:
    """Two intervals parted by `;`, dots for colons, an `@type` beside the days, missing days."""
    hours = {
        "@type": "WorkingHours", "monday": "09:00-12:00;13:00-17:00",
        "tuesday": "9.00-12.00; 12.30-18.00", "friday": " 8.00-11.00", "sunday": "-",
    }  # fmt: skip
    reading = offices(OFFICE | {"workingHours": hours})
    assert reading.table["hours"].tolist() == [
        "Mo 09:00-12:00,13:00-17:00; Tu 09:00-12:00,12:30-18:00; Fr 08:00-11:00"
    ]
    assert reading.faults == []


def test_the_postcode_stands_in_either_of_two_fields() -> None:
    both = OFFICE | {"locationPostCode": "LV-9999"}
    other = {key: value for key, value in OFFICE.items() if key != "postCode"}
    other |= {"id": "2", "locationPostCode": "LV-1056"}
    found = offices(both, other, OFFICE | {"id": "3", "postCode": "", "locationPostCode": "1057"})
    codes = found.table["address"].str.rpartition(", ")[2]
    assert codes.tolist() == ["LV-1055", "LV-1056", "LV-1057"]


def test_other_countries_lockers_and_letter_boxes_are_left_out() -> None:
    """Without `country[]=LV` the list holds Lithuania and Estonia; a firm's lockers are type 6."""
    entries = [
        OFFICE,
        *(OFFICE | {"id": code, "countryCode": code, "postCode": "01100"} for code in ("LT", "EE")),
        OFFICE | {"id": "6", "type": 6, "label": "Smartposti"},
        OFFICE | {"id": "9", "type": 9, "pickUpTimes": {"monday": ["10:00"]}, "workingHours": None},
        {key: value for key, value in OFFICE.items() if key != "countryCode"} | {"id": "x"},
    ]
    reading = offices(*entries)
    assert accounted(reading) == {"country": 2, "type": 2}
    assert reading.table["id"].tolist() == ["3122", "x"]
    assert reading.faults == []
    assert "country" in DROPPED


@pytest.mark.parametrize("key", ["hydra:member", "member"])
def test_the_list_within_an_object_is_the_list(key: str) -> None:
    """So it comes to who does not ask for `application/json`."""
    content = json.dumps({"@id": "/api/public/addresses/service_location", key: [OFFICE]})
    reading = read_post_offices(source(content, "offices.json"))
    assert reading.table["id"].tolist() == ["3122"]


@pytest.mark.parametrize(
    "more",
    [
        {"hydra:totalItems": 607, "hydra:view": {"hydra:next": "?page=2"}},
        {"hydra:totalItems": 607},
        {"totalItems": 607.0, "view": {"next": "?page=2"}},
        {"hydra:view": {"@id": "?page=1", "hydra:next": "?page=2"}},
    ],
)
def test_a_page_of_the_list_is_not_taken_for_the_whole(more: dict[str, Any]) -> None:
    key = "member" if "view" in more else "hydra:member"
    (fault,) = errors(
        lambda: read_post_offices(source(json.dumps({key: [OFFICE]} | more), "offices.json"))
    )
    total = "607" if len(more) > 1 or "hydra:totalItems" in more else "?"
    assert f"1 of {total} entries" in fault.problem.text("en")


def test_the_last_page_alone_that_holds_all_is_the_list() -> None:
    content = {"hydra:member": [OFFICE], "hydra:totalItems": 1, "hydra:view": {"@id": "?page=1"}}
    assert len(read_post_offices(source(json.dumps(content), "offices.json")).table) == 1


def test_half_a_character_and_a_nul_do_not_stop_the_list() -> None:
    content = json.dumps([OFFICE | {"label": "No\ud800da\0ļa", "x\ud800": 1}])
    reading = read_post_offices(source(content, "offices.json"))
    assert reading.table["name"].tolist() == ["No�da�ļa"]


def test_fields_that_no_entry_has_are_named() -> None:
    entry = {key: value for key, value in OFFICE.items() if key not in {"latitude", "status"}}
    assert {fault.field for fault in errors(lambda: offices(entry))} == {"latitude", "status"}


# --- Address register -----------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["EKS", "DEL", "ERR"]),
            st.sampled_from([("56.9", "24.1"), ("", ""), ("0", "0"), ("56.9", "")]),
            st.sampled_from(["Iela 1, Rīga", "Iela 1,\nRīga", ""]),
        ),
        min_size=1,
        max_size=10,
    )
)
def test_every_address_is_used_or_dropped_whatever_way_it_is_read(
    rows: list[tuple[str, tuple[str, str], str]],
) -> None:
    text, lines = REGISTER, []
    for number, (status, (lat, lon), address) in enumerate(rows):
        lines.append(1 + text.count("\n"))
        text += f'{number},108,{status},x,"{address}",{lat},{lon}\n'
    reading = read_register(source(text))
    in_force = [where for status, where, _ in rows if status == "EKS"]
    placed = in_force.count(("56.9", "24.1"))
    expected = {
        "not_in_force": len(rows) - len(in_force), "no_coordinates": len(in_force) - placed
    }  # fmt: skip
    assert accounted(reading) == {reason: n for reason, n in expected.items() if n}
    assert len(reading.table) == placed
    # A fault names the line that an editor shows, line breaks within quotes counted.
    spoiled = read_register(source(text + '99,108,EKS,x,"a\nb",abc,24\n'))
    assert [fault.row for fault in spoiled.faults] == [1 + text.count("\n")]


@pytest.mark.parametrize(
    ("content", "row", "field"),
    [
        (REGISTER + "1,108,EKS,x,a,57,24\n1,108,DEL,x,b,57,24\n", 3, "KODS"),
        (REGISTER + "1,108,EKS,x,a,57,24\n\n,108,EKS,x,b,57,24\n", 4, "KODS"),
        (REGISTER + "1,108,EKS,x,a,57,24\n2,108,EKS\n", 3, None),
        (REGISTER + "1,108,EKS,x,a,57,24\n2,108,EKS,x,b,57,24,z\n", 3, None),
        (REGISTER.replace("TIPS_CD", "KODS") + "1,2,EKS,x,a,57,24\n", 1, "KODS"),
        (REGISTER.replace("STD", "ADRESE") + "1,2,EKS,x,a,57,24\n", 1, "STD"),
        ((REGISTER + "1,108,EKS,x,ā,57,24\n").encode() + "ā".encode("cp1257"), 3, None),
    ],
)
def test_a_faulty_register_is_refused_at_its_line(
    content: str | bytes, row: int, field: str | None
) -> None:
    (fault,) = errors(lambda: read_register(source(content)))
    assert (fault.row, fault.field) == (row, field)


@pytest.mark.parametrize("turn", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_the_register_may_have_other_line_ends_and_delimiters(turn: str, delimiter: str) -> None:
    text = (REGISTER + "1,108,EKS,x,a,57,24\n").replace(",", delimiter).replace("\n", turn)
    reading = read_register(source("\ufeff" + text))
    assert reading.table[["address", "lat", "lon"]].to_numpy().tolist() == [["a", 57.0, 24.0]]


# --- Plain tables ---------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([("57", "24"), ("", "24"), ("0", "0"), ("", "")]),
            st.sampled_from(["bus", "tram", None]),
        ),
        max_size=10,
    )
)
def test_every_row_of_a_table_of_stops_is_used_or_dropped(
    rows: list[tuple[tuple[str, str], str | None]],
) -> None:
    lines = [",,,\n" if kind is None else f"{n},{lat},{lon},{kind}\n"
             for n, ((lat, lon), kind) in enumerate(rows)]  # fmt: skip
    columns = {"id": "nr", "lat": "y", "lon": "x"}
    table = source("nr,y,x,kind\n" + "".join(lines), columns=columns, where={"kind": ("bus",)})
    reading = read_plain_stops(StopInput(table, "f", regional=True))
    buses = [where for where, kind in rows if kind == "bus"]
    expected = {
        "blank": sum(kind is None for _, kind in rows),
        "not_in_where": sum(kind == "tram" for _, kind in rows),
        "no_coordinates": len(buses) - buses.count(("57", "24")),
    }
    assert accounted(reading) == {reason: n for reason, n in expected.items() if n}
    assert reading.rows_read == len(rows)


def test_only_named_columns_are_read_and_one_may_serve_two_keys() -> None:
    content = "nr,y,x,st,kods,address,phone\n5,57,24,announced,LV9000100,Iela 1,123\n"
    row = read_plain_hosts(source(content, columns=PLAIN)).table.iloc[0]
    assert row[["id", "name", "status", "unit"]].tolist() == ["5", "5", "announced", "LV9000100"]
    assert row[["address", "phone"]].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("2,57,24,closed,", "st"),
        ("2,57,24,,LV12345", "kods"),
        ("2,57,24,,lv900010", "kods"),
        ("2,90.1,24,,", "y"),
        ("2,57,abc,,", "x"),
        ("1,57,24,,", "nr"),
        (" ,57,24,,", "nr"),
    ],
)
def test_a_value_not_of_its_type_is_an_error_that_names_the_files_column(
    line: str, field: str
) -> None:
    content = f"nr,y,x,st,kods\n1,57,24,,\n{line}\n"
    found = errors(lambda: read_plain_hosts(source(content, columns=PLAIN)))
    assert [(fault.row, fault.field) for fault in found] == [(3, field)]


def test_a_plain_table_without_rows_is_an_error() -> None:
    (fault,) = errors(lambda: read_plain_hosts(source("nr,y,x,st,kods\n", columns=PLAIN)))
    assert fault.problem.text("en") == "has no rows"


def features(*given_features: tuple[object, object]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"nr": number, "n": "N"}, "geometry": geometry}
                for number, geometry in given_features
            ],
        }
    )


def test_features_give_their_points_and_shapes_a_point_inside() -> None:
    ring = [[24.0, 57.0], [24.2, 57.0], [24.2, 57.2], [24.0, 57.2], [24.0, 57.0]]
    bowtie = [[24.0, 57.0], [24.2, 57.2], [24.2, 57.0], [24.0, 57.2], [24.0, 57.0]]
    content = features(
        (1, {"type": "Point", "coordinates": [24.0612345, 56.9712345, 12]}),
        (2, {"type": "Polygon", "coordinates": [ring]}),
        (3, None),
        (4, {"type": "Polygon", "coordinates": [bowtie]}),
    )
    named = {"id": "nr", "name": "n"}
    table = read_plain_hosts(source(content, "places.geojson", columns=named)).table
    assert table["id"].tolist() == ["1", "2", "3", "4"]
    assert table["row"].tolist() == [1, 2, 3, 4]
    assert table[["lat", "lon"]].iloc[0].tolist() == [56.9712345, 24.0612345]
    assert 57.0 < table["lat"][1] < 57.2
    assert 24.0 < table["lon"][1] < 24.2
    assert table["lat"][2:].isna().all()


def test_named_coordinates_count_before_the_geometry() -> None:
    content = features((1, {"type": "Point", "coordinates": [24.0, 57.0]}))
    named = {"id": "nr", "lat": "nr", "lon": "nr"}
    row = read_plain_hosts(source(content, "places.geojson", columns=named)).table.iloc[0]
    assert (row["lat"], row["lon"]) == (1.0, 1.0)


def test_ids_of_features_as_whole_number_and_float_are_the_same_key() -> None:
    point = {"type": "Point", "coordinates": [24.0, 57.0]}
    content = features((1, point), (1.0, point))
    (fault,) = errors(lambda: read_plain_hosts(source(content, "p.geojson", columns={"id": "nr"})))
    assert (fault.row, fault.field, fault.value) == (2, "nr", "1")


def test_huge_numbers_do_not_stop_a_file_of_features() -> None:
    point = {"type": "Point", "coordinates": [24.0, 57.0]}
    content = features((1e300, point), (2, point))
    table = read_plain_hosts(source(content, "p.geojson", columns={"id": "nr"})).table
    assert table["id"].is_unique


def test_a_geopackage_with_two_layers_is_refused_but_styles_are_no_layer(tmp_path: Path) -> None:
    import geopandas as gpd
    import pyogrio
    from shapely import Point

    path = tmp_path / "places.gpkg"
    places = gpd.GeoDataFrame({"nr": ["1"]}, geometry=[Point(505_000, 305_000)], crs="EPSG:3059")
    places.to_file(path, layer="a", driver="GPKG")
    pyogrio.write_dataframe(pd.DataFrame({"qml": ["x"]}), path, layer="layer_styles", driver="GPKG")
    asked = Input(path, "places.gpkg", {"id": "nr"})
    assert len(read_plain_hosts(asked).table) == 1
    places.to_file(path, layer="b", driver="GPKG")
    (fault,) = errors(lambda: read_plain_hosts(asked))
    assert fault.problem.text("en") == "has 2 layers (a, b)"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("{}", "is no collection of GeoJSON features"),
        ("[]", "is neither a GeoPackage nor GeoJSON nor a shapefile"),
        (features((1, None))[:-9], "is not JSON"),
        ("plain words", "is neither a GeoPackage nor GeoJSON nor a shapefile"),
    ],
)
def test_what_is_no_geodata_is_refused(content: str, said: str) -> None:
    asked = source(content, "places.geojson", columns={"id": "nr"})
    (fault,) = errors(lambda: read_plain_hosts(asked))
    assert said in fault.problem.text("en")


def test_a_table_of_stops_must_say_where_they_are() -> None:
    table = source("nr\n1\n", columns={"id": "nr"})
    (fault,) = errors(lambda: read_plain_stops(StopInput(table, "f", regional=True)))
    assert "neither coordinates nor geometry" in fault.problem.text("en")
