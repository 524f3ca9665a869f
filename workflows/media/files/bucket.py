"""Files in a bucket of an S3-compatible service (MEDIA_URL), with a cache on this machine."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import obstore
from django.conf import settings
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from workflows.errors import AssetNotFound, Unavailable, Unreachable
from workflows.media.files import CHUNK_BYTES, Found, local_folder
from workflows.media.files.cache import Cache

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

logger = logging.getLogger(__name__)

#: Read by one request of a download; what a slow reader holds in memory.
BLOCK_BYTES = 2 * 1024 * 1024
#: A larger file goes up in parts of this size.
PART_BYTES = 8 * 1024 * 1024
_PARTS_AT_ONCE = 4
_HEADS_AT_ONCE = 16
#: How long a page waits for a bucket that does not respond, and how long what writes.
PAGE_SECONDS = 3
PATIENT_SECONDS = 30
#: A file that has been written so lately is not written again; upkeep leaves it alone for a day.
FRESH = timedelta(hours=12)
_CREDENTIALS = frozenset(
    {
        "AccessDenied",
        "AllAccessDisabled",
        "ExpiredToken",
        "Forbidden",
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "Unauthorized",
    }
)
_REGION = frozenset(
    {"AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"}
)
_CODE = re.compile(r"<Code>(\w+)</Code>")


class Bucket:
    """The files of a bucket below the prefix of its URL, `s3://bucket/prefix`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._name, self._prefix = parts.netloc, parts.path.strip("/")
        self._quick = self._connect(PAGE_SECONDS)
        self._patient = self._connect(PATIENT_SECONDS)

    def put(self, key: str, file: Path, *, durable: bool = True) -> None:
        """Upload a file, in parts if it is large, and keep it as the copy of this machine."""
        name, size = PurePosixPath(key).name, file.stat().st_size
        with self._known():
            if not (_is_hash(name) and self._is_fresh(key, size)):
                obstore.put(
                    self._patient,
                    key,
                    file,
                    use_multipart=size > PART_BYTES,
                    chunk_size=PART_BYTES,
                    max_concurrency=_PARTS_AT_ONCE,
                )
        if _is_hash(name):
            self._cache.adopt(name, file)

    def open(self, key: str) -> BinaryIO:
        """Open the copy of this machine, which is fetched first if need be."""
        name = PurePosixPath(key).name
        file = self._cache.open(name)
        if file is not None:
            return file
        with self._cache.coming(name):
            file = self._cache.open(name)
            if file is not None:
                return file
            with self._known():
                found = obstore.get(self._patient, key)
                chunks = map(bytes, found.stream(min_chunk_size=CHUNK_BYTES))
                return self._cache.fill(name, found.meta["size"], chunks)

    def read(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Yield a file from `start`: all of it by one request, a length by blocks.

        So a connection to the bucket never waits for who reads.
        """
        if length is None:
            length = self.size(key)
            if length is None:
                raise AssetNotFound()
            length -= start
        end = start + length
        while start < end:
            size = min(BLOCK_BYTES, end - start)
            with self._known():
                block = memoryview(obstore.get_range(self._quick, key, start=start, length=size))
            start += size
            for at in range(0, len(block), CHUNK_BYTES):
                yield bytes(block[at : at + CHUNK_BYTES])

    def size(self, key: str) -> int | None:
        """Return how many bytes a file has."""
        try:
            with self._known():
                return obstore.head(self._quick, key)["size"]
        except AssetNotFound:
            return None

    def existing(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys under which there is a file; several are looked up at once."""
        named = list(keys)
        if len(named) < 2:
            return {key for key in named if self.size(key) is not None}
        threads = ThreadPoolExecutor(min(_HEADS_AT_ONCE, len(named)))
        try:
            sizes = threads.map(self.size, named)
            return {key for key, size in zip(named, sizes, strict=True) if size is not None}
        finally:
            threads.shutdown(cancel_futures=True)

    def delete(self, key: str) -> bool:
        """Remove a file and the copy of this machine; a bucket does not say if there was one."""
        self._cache.forget(PurePosixPath(key).name)
        with self._known():
            obstore.delete(self._quick, key)
        return True

    def drop(self, folder: str) -> None:
        """Remove all files of a folder."""
        keys = [found.key for found in self.list(folder)]
        if keys:
            with self._known():
                obstore.delete(self._quick, keys)

    def list(self, folder: str = "") -> Iterator[Found]:
        """Yield the files of a folder."""
        with self._known():
            for page in obstore.list(self._patient, folder or None):
                for row in page:
                    yield Found(row["path"], row["size"], row["last_modified"])

    def check(self) -> None:
        """Write, list and delete a small object: wrong settings and missing rights show by that."""
        key = f"check/{secrets.token_hex(8)}"
        with self._known():
            obstore.put(self._quick, key, b"")
            next(iter(obstore.list(self._quick, "check", chunk_size=1)), None)
            obstore.delete(self._quick, key)

    @cached_property
    def _cache(self) -> Cache:
        return Cache(local_folder("cache"), int(settings.MEDIA_CACHE_BYTES))

    def _connect(self, seconds: int) -> S3Store:
        config: S3Config = {"region": settings.AWS["region"]}
        if settings.AWS["endpoint"]:
            config["endpoint"] = settings.AWS["endpoint"]
        if settings.AWS["access_key_id"]:
            config["access_key_id"] = settings.AWS["access_key_id"]
            config["secret_access_key"] = settings.AWS["secret_access_key"]
            if settings.AWS["session_token"]:
                config["session_token"] = settings.AWS["session_token"]
        client: ClientConfig = {
            "allow_http": settings.AWS["endpoint"].startswith("http://"),
            "connect_timeout": timedelta(seconds=2),
            # Of a whole request, with its body: a stalled one ends by the other.
            "timeout": timedelta(hours=1),
            "read_timeout": timedelta(seconds=seconds),
        }
        retries: RetryConfig = {
            "max_retries": 20,
            "retry_timeout": timedelta(seconds=seconds),
            "backoff": {
                "init_backoff": timedelta(seconds=0.1),
                "max_backoff": timedelta(seconds=2),
                "base": 2,
            },
        }
        prefix = self._prefix or None
        return S3Store(
            self._name, prefix=prefix, config=config, client_options=client, retry_config=retries
        )

    def _is_fresh(self, key: str, size: int) -> bool:
        try:
            found = obstore.head(self._patient, key)
        except FileNotFoundError:
            return False
        return found["size"] == size and datetime.now(UTC) - found["last_modified"] < FRESH

    @contextmanager
    def _known(self) -> Iterator[None]:
        """Raise AssetNotFound for what is not there, and Unavailable for what goes wrong."""
        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise self._trouble(error) from error
            raise AssetNotFound() from error
        except BaseError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> Unavailable:
        text = str(error)
        logger.warning("the bucket %s: %s", self._name, text.split("\n", 1)[0][:500])
        match = _CODE.search(text)
        code = match.group(1) if match else type(error).__name__
        if code == "NoSuchBucket":
            return Unavailable("The bucket that MEDIA_URL names does not exist.", value=self._name)
        if code in _REGION:
            return Unavailable(f"The bucket of MEDIA_URL is in another AWS_REGION ({code}).")
        if code in _CREDENTIALS or isinstance(error, PermissionDeniedError | UnauthenticatedError):
            return Unavailable(
                f"The bucket of MEDIA_URL refuses this server ({code}); "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be keys that may read, write, "
                "delete and list there."
            )
        if not settings.AWS["access_key_id"] and "169.254." in text:
            return Unavailable(
                "There are no credentials for the bucket of MEDIA_URL; "
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        return Unreachable("The bucket of files does not respond; try again in a few seconds.")


def _is_hash(name: str) -> bool:
    return len(name) == 64
