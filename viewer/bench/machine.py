"""The machine that figures belong to, and what a process of it needed. No names of hosts."""

import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil

from viewer.engines.blocks import all_cores

if sys.platform != "win32":
    import resource


def machine(renderer: str) -> str:
    """Processor, cores that this process may use, renderer, and versions, in one line."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    cores = all_cores()
    return ", ".join(
        [
            processor(),
            f"{cores} core{'s' * (cores != 1)}",
            renderer,
            f"{platform.system()} {platform.machine()}",
            f"{python}, NumPy {np.__version__}",
        ]
    )


def processor() -> str:
    """The processor's own name for itself."""
    if sys.platform == "darwin":
        asked = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def busy() -> float:
    """How much of the processors is in use right now, in percent; takes a moment to see."""
    return float(psutil.cpu_percent(interval=0.4))


def peak_memory() -> int:
    """The most bytes of memory that this process had at once, Python itself included."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    if sys.platform.startswith("linux"):
        # The kernel's own maximum begins with that of the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024
