"""How closely a scan looks."""

from dataclasses import dataclass

SAMPLE_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Depth:
    """How closely to look: every row, or a sample; unchanged tables again, or not."""

    full: bool = False
    sample: int = SAMPLE_ROWS
    again: bool = False
    mark: str = ""  # of the scan that looks again: tables that bear it were read by that scan already

    @property
    def said(self) -> str:
        """Give what of it decides whether an earlier scan still stands."""
        return "full" if self.full else str(self.sample)


SAMPLED = Depth()
