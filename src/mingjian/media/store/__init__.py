"""The store: volumes of segment files, their indexes and journals. Invariants and steps: docs/design/store.md.

`store` is the engine's writing side, `reader` what edge and command line open; `recovery`, `fsck`, `retention` and
`timeline` are the subjects their names say.
"""
