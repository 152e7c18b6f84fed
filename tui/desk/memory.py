"""What the C library keeps of freed memory, given back to the system: a desk stays open for days."""

from __future__ import annotations


def give_back() -> None:
    """Give back what lies free between what is in use; nothing where the C library does not offer that."""
    import ctypes

    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return  # Only glibc has it.
    trim(0)
