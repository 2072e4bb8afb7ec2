class Unreadable(Exception):
    """A file of the archive that cannot be had: ``reason`` is missing, cloud, link or destroyed."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason
