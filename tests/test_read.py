"""Files that are no programs: one line, at once, whatever stands at the path."""

import os
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from viewer.errors import FileError, ParseError
from viewer.program import read
from viewer.program.parse import MAX_BYTES, read_bytes


def refusal(path: str | os.PathLike[str]) -> str:
    """The line that `read` says of a path. It must come at once."""
    said: list[str] = []

    def attempt() -> None:
        with pytest.raises(FileError) as caught:
            read(path)
        assert caught.value.exit_status == 1
        said.append(str(caught.value))

    worker = threading.Thread(target=attempt, daemon=True)
    worker.start()
    worker.join(10)
    assert not worker.is_alive(), "still waiting"
    assert said
    assert said[0].isprintable()
    return said[0]


def test_a_program(tmp_path: Path) -> None:
    file = tmp_path / "a.vm"
    file.write_bytes(b"x var-x\n")
    assert read(file) == read(str(file))
    assert read(file).name == str(file)
    assert len(read(file)) == 1


def test_an_error_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.vm"
    file.write_bytes(b"x var-x\ny neg z\n")
    with pytest.raises(ParseError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}:2:7: 'z' is not defined")


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.vm").touch()
    with pytest.raises(ParseError, match="the program is empty"):
        read(tmp_path / "a.vm")


def test_a_directory(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}: found a directory, expected a file"
    assert refusal(f"{tmp_path}/") == f"{tmp_path}/: found a directory, expected a file"


def test_a_fifo_without_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == f"{tmp_path}/pipe: found a FIFO, expected a file"


def test_a_fifo_with_a_writer_that_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    both = os.open(path, os.O_RDWR)
    try:
        assert refusal(path) == f"{path}: found a FIFO, expected a file"
    finally:
        os.close(both)


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero", "/dev/tty"])
def test_a_device(device: str) -> None:
    if not os.path.exists(device):  # noqa: PTH110 - /dev/tty exists where it cannot be opened
        pytest.skip(f"no {device} here: ../shared machines differ")
    said = refusal(device)
    assert said.startswith(f"{device}: ")
    if device != "/dev/tty":  # without a terminal it cannot even be opened
        assert said == f"{device}: found a device, expected a file"


def test_a_socket(tmp_path: Path) -> None:
    os.mknod(tmp_path / "s", stat.S_IFSOCK | 0o600)
    assert refusal(tmp_path / "s") == f"{tmp_path}/s: no such device or address"


def test_a_file_of_100_mb(tmp_path: Path) -> None:
    """Sparse, so that making it is quick as well."""
    file = tmp_path / "a.vm"
    with file.open("wb") as out:
        out.truncate(100 * 2**20)
    expected = f"{file}: found a file of 100 MB, expected a program of at most 64 MB"
    assert refusal(file) == expected


def test_the_largest_file(tmp_path: Path) -> None:
    file = tmp_path / "a.vm"
    with file.open("wb") as out:
        out.truncate(MAX_BYTES)
    assert len(read_bytes(file)) == MAX_BYTES
    with file.open("ab") as out:
        out.write(b"\0")
    assert "expected a program of at most 64 MB" in refusal(file)


def test_a_file_that_says_it_is_smaller_than_it_is() -> None:
    """Files of /proc have a size of 0 and more in them."""
    try:
        data = Path("/proc/self/maps").read_bytes()
    except OSError:
        pytest.skip("no /proc here: ../shared machines differ")
    assert data
    assert len(read_bytes("/proc/self/maps")) > 0


def test_a_file_that_vanished(tmp_path: Path) -> None:
    file = tmp_path / "a.vm"
    assert refusal(file) == f"{file}: no such file or directory"
    file.symlink_to(tmp_path / "elsewhere.vm")
    assert refusal(file) == f"{file}: no such file or directory"
    assert refusal(tmp_path / "no" / "folder.vm").endswith(": no such file or directory")


def test_a_link_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.vm").symlink_to("a.vm")
    assert refusal(tmp_path / "a.vm").startswith(f"{tmp_path}/a.vm: too many levels of symbolic")


def test_a_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.vm").touch()
    assert refusal(tmp_path / "a.vm" / "b") == f"{tmp_path}/a.vm/b: not a directory"


@contextmanager
def nobody() -> Iterator[None]:
    """Without root's right to read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_an_unreadable_file() -> None:
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is root's alone
        Path(folder).chmod(0o755)
        file = Path(folder, "a.vm")
        file.write_bytes(b"x var-x\n")
        file.chmod(0)
        with nobody(), pytest.raises(FileError) as caught:
            read(file)
        assert str(caught.value) == f"{file}: permission denied"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: "", "'': no such file or directory"),
        (lambda folder: "a\0b.vm", r"a\x00b.vm: not a possible file name"),
        (lambda folder: f"{folder}/a\nb.vm", r"{}/a\nb.vm: no such file or directory"),
        (lambda folder: f"{folder}/\x1b[2J.vm", r"{}/\x1b[2J.vm: no such file or directory"),
        (lambda folder: f"{folder}/\udcff.vm", r"{}/\udcff.vm: no such file or directory"),
        (lambda folder: f"{folder}/\ud800.vm", r"{}/\ud800.vm: not a possible file name"),
        (lambda folder: f"{folder}/{'é' * 200}", None),
    ],
)
def test_strange_names(tmp_path: Path, make: Callable[[Path], str], said: str | None) -> None:
    path = make(tmp_path)
    expected = f"{path}: file name too long" if said is None else said.format(tmp_path)
    assert refusal(path) == expected


def test_a_strange_name_in_the_error_of_a_program(tmp_path: Path) -> None:
    file = tmp_path / "a\nb.vm"
    file.write_bytes(b"#")
    with pytest.raises(ParseError) as caught:
        read(file)
    assert str(caught.value).startswith(rf"{tmp_path}/a\nb.vm:1:1: the program is empty")


def test_nothing_stays_open(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.vm").write_bytes(b"x var-x\n")
    fds = Path("/proc/self/fd")
    before = len(list(fds.iterdir())) if fds.is_dir() else 0
    for name in ("pipe", "a.vm", "b.vm", "."):
        for _ in range(20):
            try:
                read(tmp_path / name)
            except FileError:
                continue
    assert (len(list(fds.iterdir())) if fds.is_dir() else 0) == before
