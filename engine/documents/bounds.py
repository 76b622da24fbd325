"""What a process that opens a hostile file may take, held by the system where the system can."""

from __future__ import annotations


def bound_process(memory: int, seconds: int, *, writes: bool = True) -> None:
    """Hold this process to so many bytes of address space and seconds of processor time, without `writes` to no file.

    A bound that the system does not know is left out (macOS bounds no address space, Windows nothing); one that is
    narrower already stays. No core is dumped.
    """
    try:
        import resource
    except ImportError:  # not on this system
        return
    bounds = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)]
    if not writes:
        bounds.append((resource.RLIMIT_FSIZE, 0))
    for kind, most in bounds:
        _, hard = resource.getrlimit(kind)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (soft, hard))
        except (ValueError, OSError):
            continue
