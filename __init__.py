"""Which AI career track is nearest to where a person stands: rules and sourced figures in, advice out."""

__version__ = "0.1.0"
