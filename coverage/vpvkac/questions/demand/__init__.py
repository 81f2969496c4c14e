"""Origins: any number of positions, each with its nearest point, nearest stop and unit.

`delimited` and `geoparquet` read them in partitions and chunks; `partition` measures
one against the `targets`, `answer` all of them in this process and `cluster` on Dask.
"""
