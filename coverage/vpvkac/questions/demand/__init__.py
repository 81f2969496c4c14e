"""Origins: any number of positions, each with its nearest point, nearest stop and unit.

`origins` reads them in partitions and chunks; `answer` measures these against the `targets` and
adds up the `tally`, in this process or on a Dask `cluster`.
"""
