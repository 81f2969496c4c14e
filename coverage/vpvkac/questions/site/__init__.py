"""Siting: where to put more points, or how few reach a target (`vpvkac site`).

The flow: `demand` (who is to be reached) and `places` (locked points and
candidates) → `savings` (what each candidate would do for each of them) →
`greedy` (the simple answer) and `model` + `solver` (the best one, proven) →
`site` (both, told in one table) → `outputs`.
"""
