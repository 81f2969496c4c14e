"""Opening hours: what a week holds, whom it suits, and whether a bus comes in time.

The modules follow the flow: `weeks` turns published strings into minutes,
`measures` reads figures off the minutes, with the `demand` by hour that the
analysis found; `buses` asks the timetable; `counts` sums up by municipality
and for the country; `hours` joins them, `files` writes them.
"""
