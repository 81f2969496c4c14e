"""Origins: any number of positions, each with its nearest point, nearest stop and unit.

`delimited` and `geoparquet` read them in partitions and chunks, `ground` holds
what they are measured against, `partition` does the work of one partition,
`demand` that of all of them in one process and `cluster` on Dask; `tally` adds
up by unit, `remarks` keeps account of the rows, `output` and `wording` write
and say what came of it.
"""
