"""The register of the demo city: invented districts, organisations, places, systems, cameras, people and papers.

Everything is made by the application's own actions, or by the way an import takes (`web.exchange.loading`), so that
verdicts, the record and searching are those of a real register. The same seed makes the same city.
"""
