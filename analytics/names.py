"""Names that readers see are marked where they are defined, for extractors, and translated where they are shown."""


def N_(name: str) -> str:
    """The name itself."""
    return name
