"""replatform: from a README and a source tree to containers on AWS."""

__version__ = "0.1.0"
