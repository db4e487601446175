"""elucidate from Python: `elucidate.client` talks to its HTTP API; `elucidate.program` is what a network of one's own needs."""

__version__ = "0.1.0"
