"""Says what this machine lacks for setting trackfit up, and the exact command that installs it.

Run by the Python that the set-up is going to use, before anything is installed: standard library only, and
no syntax that an old Python could not read, because "this Python is too old" is one of its answers.
Prints nothing and ends with 0 where all is there; else says everything that is missing, and ends with 1.
With --engine it says only what building durable-rules lacks, which trackfit can do without, and ends with 0.
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile

OLDEST = (3, 11)
NEWEST = (3, 13)
NAME = "python{}.{}".format(*sys.version_info[:2])

# What a machine can lack, in words.
WORDS = {
    "python": "Python 3.11, 3.12 or 3.13",
    "venv": "the modules that make a virtual environment (venv and ensurepip)",
    "compiler": "a C compiler that works",
    "headers": "the C headers of {}, Python.h".format(NAME),
}
# What only durable-rules needs, which comes as source; trackfit goes on without it (tools/engine.py).
FOR_ENGINE = ("compiler", "headers")
# What brings it, system by system: packages, or on macOS whole commands.
DEBIAN = {"compiler": "gcc libc6-dev", "venv": NAME + "-venv", "headers": NAME + "-dev"}
FEDORA = {
    "python": "python3.12 python3.12-devel",
    "venv": NAME + "-libs",
    "compiler": "gcc",
    "headers": NAME + "-devel",
}
MACOS = {
    "python": "brew install python@3.13",
    "venv": "brew install python@3.13",
    "compiler": "xcode-select --install",
    "headers": "brew install python@3.13",
}


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def system():
    """Which kind of system this is: macos, debian, fedora, or "" for any other."""
    if platform.system() == "Darwin":
        return "macos"
    names = []
    for line in read("/etc/os-release").splitlines():
        key, _, value = line.partition("=")
        if key in ("ID", "ID_LIKE"):
            names += value.strip("\"'").lower().split()
    if {"debian", "ubuntu"} & set(names):
        return "debian"
    if {"fedora", "rhel", "centos"} & set(names):
        return "fedora"
    return ""


def debian_python():
    """The packages of the newest Python that will do and that this release has, or ""."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        name = "python3.{}".format(minor)
        if runs(["apt-cache", "show", name]):
            return "{0} {0}-venv {0}-dev".format(name)
    return ""


def remedies(needs):
    """The commands that install what is missing, each with the system that it is for."""
    here = system()
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    found = []
    if here in ("debian", ""):
        packages = [debian_python() if need == "python" else DEBIAN[need] for need in needs]
        if all(packages):
            found.append(("Debian, Ubuntu", sudo + "apt install " + " ".join(packages)))
    if here in ("fedora", ""):
        found.append(("Fedora, RHEL", sudo + "dnf install " + " ".join(FEDORA[need] for need in needs)))
    if here in ("macos", ""):
        commands = [MACOS[need] for need in needs]
        found += [("macOS", command) for command in sorted(set(commands))]
    return found


def runs(arguments):
    """Whether a command is there and ends well; what it says is nobody's business."""
    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.call(arguments, stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def compiler():
    """The command that Python's build tools would compile with, or [] where there is none."""
    words = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    return words if words and shutil.which(words[0]) else []


def include_folders():
    folders = [sysconfig.get_path("include"), sysconfig.get_path("platinclude")]
    return sorted({folder for folder in folders if folder})


def compiles(words, header):
    """Whether two lines of C that include one header compile."""
    folder = tempfile.mkdtemp(prefix="trackfit-")
    try:
        source = os.path.join(folder, "try.c")
        with open(source, "w") as file:
            file.write("#include <{}>\nint main(void) {{ return 0; }}\n".format(header))
        flags = ["-I" + path for path in include_folders()]
        return runs(words + flags + ["-c", source, "-o", os.path.join(folder, "try.o")])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def has_venv():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def missing():
    """What this machine has not got, as keys of WORDS."""
    if sys.version_info[:2] < OLDEST:
        return ["python"]
    needs = [] if has_venv() else ["venv"]
    words = compiler()
    if words and compiles(words, "stdio.h"):
        has_headers = compiles(words, "Python.h")
    else:
        needs.append("compiler")
        # Looked for all the same, so that one round of installing is enough.
        has_headers = any(os.path.exists(os.path.join(path, "Python.h")) for path in include_folders())
    if not has_headers:
        needs.append("headers")
    return needs


def lines():
    """What to tell the person, line by line; none where all is well."""
    needs = [need for need in missing() if need not in FOR_ENGINE]
    if not needs:
        return []
    said = ["trackfit cannot be set up yet. Missing:"]
    said += ["  - " + WORDS[need] for need in needs]
    if needs == ["python"]:
        said.append("Found only Python {} ({}).".format(platform.python_version(), sys.executable))
    found = remedies(needs)
    said += ["To install it:"] if found else ["No package here brings it; python.org has installers."]
    said += ["  {}:  {}".format(name, command) for name, command in found]
    if needs == ["python"]:
        said.append("Where the right one has another name, say so: make PYTHON=/path/to/python3.13 ...")
    said.append("Then run the same command again.")
    return said


def for_engine():
    """What durable-rules lacks here and how to install it, in one line; "" where nothing is missing."""
    needs = [need for need in missing() if need in FOR_ENGINE]
    found = " · ".join("{}: {}".format(name, command) for name, command in remedies(needs)) if needs else ""
    return "{} ({})".format(" and ".join(WORDS[need] for need in needs), found) if needs else ""


def main():
    if sys.argv[1:] == ["--engine"]:
        print(for_engine())
        return 0
    said = lines()
    if said:
        sys.stderr.write("\n".join(said) + "\n")
        return 1
    if sys.version_info[:2] > NEWEST:
        sys.stderr.write("Note: tried on Python 3.11 to 3.13, not on {}.\n".format(platform.python_version()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
