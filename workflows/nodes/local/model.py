"""What is declared of a local model: the library that runs it, its files, whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Library:
    """A Python package that runs models; what is not installed by default has a `variable`."""

    module: str
    name: str
    license: str
    variable: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it is installed; it is not imported."""
        return find_spec(self.module) is not None


@dataclass(frozen=True, slots=True)
class File:
    """A file of weights: its checksum (`sha256:…` or `md5:…`) and size as its publisher gives them.

    Without a `url` it is taken out of the model's archive, where it is called `member`, or put
    there by hand.
    """

    name: str
    digest: str
    bytes: int
    url: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Local:
    """A model that runs here. `source` is its publisher's page; no files: its library has them."""

    id: str
    task: str
    name: str
    description: str
    license: str
    weights_license: str
    source: str
    library: Library
    files: tuple[File, ...] = ()
    archive: File | None = None

    @property
    def bytes(self) -> int:
        """How many bytes are fetched."""
        return self.archive.bytes if self.archive else sum(file.bytes for file in self.files)

    @property
    def can_be_fetched(self) -> bool:
        """Whether every file has a place to be fetched from."""
        return all(file.url or (file.member and self.archive) for file in self.files)
