"""Whether everything that was edited is on disk, and why not."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Durability:
    """`reason` is empty while all is well; beside `is_durable` True it is a warning that it may not stay so."""

    is_durable: bool = True
    reason: str = ""


DURABLE = Durability()
