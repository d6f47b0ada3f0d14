"""The edge's figures for Prometheus, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest


class EdgeMetrics:
    """Counters of one edge."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.viewers = Gauge("mingjian_edge_viewers", "Live viewers connected", registry=self.registry)
        self.feeds = Gauge("mingjian_edge_feeds", "Streams fed by the engine", registry=self.registry)
        self.sessions = Gauge("mingjian_edge_media_sessions", "Media sessions open", registry=self.registry)
        self.engine_up = Gauge("mingjian_edge_engine_up", "1 while the engine is connected", registry=self.registry)
        self.transcodes = Gauge("mingjian_edge_transcodes", "Streams being transcoded", registry=self.registry)
        self.fragments = Counter("mingjian_edge_fragments", "Fragments taken from the engine", registry=self.registry)
        self.sent_bytes = Counter("mingjian_edge_live_bytes", "Bytes handed to live viewers", registry=self.registry)
        self.dropped = Counter(
            "mingjian_edge_viewer_drops", "Times a slow viewer was cut to the next keyframe", registry=self.registry
        )
        self.refused = Counter("mingjian_edge_refused", "Tickets refused", ["code"], registry=self.registry)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
