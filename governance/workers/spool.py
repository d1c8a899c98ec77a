"""An answer on its way: held in memory while it is small, else in an encrypted file that has no name.

The whole answer is there before any of it leaves, so that failures are told cleanly, its entry knows how many rows it
has, and a slow reader keeps no worker. The key lives as long as the object and is never written.
"""

import os
import tempfile
from collections.abc import Iterator
from io import BufferedReader, BytesIO, RawIOBase
from typing import IO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

IN_MEMORY_BYTES = 8 * 1024 * 1024
_CHUNK = 1024 * 1024


class Spool(RawIOBase):
    """Bytes written once, then read from the start any number of times."""

    def __init__(self, in_memory_bytes: int = IN_MEMORY_BYTES) -> None:
        """Start empty."""
        super().__init__()
        self._in_memory_bytes = in_memory_bytes
        self._memory: BytesIO | None = BytesIO()
        self._file: IO[bytes] | None = None
        self._cipher = Cipher(AES(os.urandom(32)), CTR(os.urandom(16)))
        self._writing: CipherContext = self._cipher.encryptor()
        self.size_bytes = 0

    def writable(self) -> bool:
        """Say that bytes may be added."""
        return True

    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]  # any buffer that is bytes
        """Add bytes; beyond the bound they all go to the file."""
        self.size_bytes += len(data)
        if self._memory is not None:
            self._memory.write(data)
            if self._memory.tell() > self._in_memory_bytes:
                self._spill(self._memory)
        elif self._file is not None:
            self._file.write(self._writing.update(bytes(data)))
        return len(data)

    def reading(self) -> BufferedReader:
        """Give a reader of the whole from its start."""
        return BufferedReader(_Reader(self), _CHUNK)

    def chunks(self, skip_bytes: int = 0) -> Iterator[bytes]:
        """Give the bytes in pieces, from a place on."""
        with self.reading() as stream:
            stream.read(skip_bytes)
            while piece := stream.read(_CHUNK):
                yield piece

    def close(self) -> None:
        """Drop the bytes; the file has no name, so closing it removes it."""
        if self._file is not None:
            self._file.close()
        self._memory = None
        super().close()

    def piece(self, place: int, size: int) -> bytes:
        """Give bytes as they are kept, from a place on; an empty piece is the end."""
        if self._file is not None:
            return os.pread(self._file.fileno(), size, place)
        return bytes(self._memory.getbuffer()[place : place + size]) if self._memory is not None else b""

    def opener(self) -> CipherContext | None:
        """Give what opens the pieces, taken in order; nothing where they are kept as they are."""
        if self._file is None:
            return None
        self._file.flush()
        return self._cipher.decryptor()

    def _spill(self, memory: BytesIO) -> None:
        self._file = tempfile.TemporaryFile(prefix="mingjing-answer-", buffering=_CHUNK)  # noqa: SIM115 -- `close` does
        self._file.write(self._writing.update(memory.getvalue()))
        self._memory = None


class _Reader(RawIOBase):
    """Reads a spool at a pace of its own."""

    def __init__(self, spool: Spool) -> None:
        super().__init__()
        self._spool, self._opener, self._place = spool, spool.opener(), 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what a buffered reader hands in
        data = self._spool.piece(self._place, len(buffer))
        self._place += len(data)
        buffer[: len(data)] = self._opener.update(data) if self._opener is not None else data
        return len(data)
