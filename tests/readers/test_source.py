import bz2
import gzip
import io
import lzma
import os
import pickle
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from gandoctor.errors import GandoctorError, UnreadableLog
from gandoctor.readers import compression
from gandoctor.readers.foreign import looks_pickled
from gandoctor.readers.source import decode, open_bytes, open_source

TEXT = "step,d_loss,g_loss\n" + "".join(f"{i},0.{i:04d},1.5\n" for i in range(300))

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstandard": zstandard.ZstdCompressor().compress,
}


def packed_zip(*members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member in members:
            archive.writestr(member, b"x")
    return buffer.getvalue()


@pytest.mark.parametrize("kind", PACKERS)
def test_a_packed_log_is_unpacked_whatever_its_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_bytes(PACKERS[kind](TEXT.encode()))
    assert decode(open_source(path)) == (TEXT, ())


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "zstandard"])
def test_members_written_one_after_another_are_all_unpacked(kind: str) -> None:
    twice = PACKERS[kind](b"a,b\n1,2\n") + PACKERS[kind](b"3,4\n")
    assert open_bytes(twice, "x").content == b"a,b\n1,2\n3,4\n"


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz"])
def test_a_packed_file_that_was_cut_gives_what_it_holds_and_a_note(kind: str) -> None:
    text = os.urandom(1_500_000).hex().encode()
    source = open_bytes(PACKERS[kind](text)[:-2000], "run.log")
    assert 0 < source.size < len(text)
    assert text.startswith(bytes(source.content))
    assert "cut off" in source.notes[0]


def test_an_xz_file_that_asks_for_four_gigabytes_is_refused() -> None:
    data = bytearray(lzma.compress(TEXT.encode()))
    header = 12 + (data[12] + 1) * 4 - 4  # behind the stream's header: the block's, without its checksum
    assert data[14:16] == b"\x21\x01"  # LZMA2, whose one byte of properties is the size of the dictionary
    data[16] = 40
    data[header : header + 4] = zlib.crc32(data[12:header]).to_bytes(4, "little")
    with pytest.raises(UnreadableLog, match=r"damaged.*emory usage limit"):
        open_bytes(bytes(data), "run.xz")


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_is_refused_before_it_is_unpacked(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = PACKERS[kind](bytes(64 << 20))
    with pytest.raises(UnreadableLog, match=r"bomb\.gz unpacks to more than 300 times its size"):
        open_bytes(bomb, "bomb.gz")
    monkeypatch.setattr(compression, "MAX_BYTES", 1 << 20)
    with pytest.raises(UnreadableLog, match="unpacks to more than 1 MB"):
        open_bytes(bomb, "bomb.gz")


def test_a_file_packed_twice_is_refused() -> None:
    with pytest.raises(UnreadableLog, match="packed twice"):
        open_bytes(gzip.compress(bz2.compress(b"1,2\n")), "x.gz")


def test_zstandard_without_its_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(GandoctorError, match=r"gandoctor\[zstd\]"):
        open_bytes(PACKERS["zstandard"](b"1,2\n"), "x.zst")


PICKLES = [pickle.dumps({"D_losses": [0.5, 0.6], "G_losses": [1.0, 2.0]}, protocol) for protocol in range(6)]


@pytest.mark.parametrize("data", PICKLES)
def test_a_pickle_of_any_protocol_is_refused_and_not_opened(data: bytes) -> None:
    with pytest.raises(
        UnreadableLog, match=r"train_hist is a pickle, and opening a pickle can run any code.*json\.dump"
    ):
        open_bytes(data, "train_hist")


@pytest.mark.parametrize("line", [
    "(epoch: 1, iters: 100, time: 0.34) D_A: 0.446", "cost 0.5", "]0.5", "Start of training\n",
    "Iteration,d,g\n0,1,2\n",
    "Validation 0.5\n0.6", "Fake 0.5\n", "(1, 0.5, 0.7)\n(2, 0.4, 0.8)\n", "}", "I0101 12:00:00 main.cc] d 0.5\n",
    "Inf\n1\n2\n", "c\n1\n2\n3\n", "F\n1\n",
])  # fmt: skip
def test_a_text_that_begins_like_a_pickle_is_none(line: str) -> None:
    assert not looks_pickled(line.encode())


FOREIGN = {
    "torch": (packed_zip("model/data.pkl", "model/version"), "is a pickle"),
    "workbook": (packed_zip("xl/workbook.xml"), "Excel workbook.*as CSV"),
    "keras": (packed_zip("model.weights.h5", "config.json"), "network weights"),
    "zip": (packed_zip("loss.csv"), "is an archive; unpack it"),
    "cut zip": (packed_zip("loss.csv")[:40], "damaged zip"),
    "hdf5": (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5 file.*network weights"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(50), "is a picture"),
    "parquet": (b"PAR1" + bytes(50), "Parquet.*as CSV"),
    "tar": (b"log" + bytes(254) + b"ustar" + bytes(100), "is an archive"),
    "rubbish": (bytes(range(256)) * 8, "is binary and of no known kind.*00 01 02"),
    "empty": (b"", "is empty"),
    "blank": (b" \r\n\n\t", "nothing but blanks"),
    "zeros": (bytes(4096), "nothing but blanks"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_what_is_no_log_is_refused_with_what_it_is_and_what_to_do(case: str) -> None:
    data, sentence = FOREIGN[case]
    with pytest.raises(UnreadableLog, match=rf"^some\.file .*{sentence}"):
        open_bytes(data, "some.file")


@pytest.mark.parametrize(
    ("name", "sentence"), [("m.pkl", "is a pickle"), ("m.pth", "is a pickle"), ("m.h5", "weights")]
)
def test_binary_of_no_known_magic_is_judged_by_its_name(name: str, sentence: str) -> None:
    with pytest.raises(UnreadableLog, match=sentence):
        open_bytes(bytes(range(1, 255)) * 4, name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_decoded_by_its_mark_or_its_zero_bytes(encoding: str) -> None:
    assert decode(open_bytes(TEXT.encode(encoding), "x")) == (TEXT, ())


def test_latin_text_is_read_with_a_note() -> None:
    source = open_bytes("époque,d\n1,0.5\n".encode("latin-1"), "x.csv")
    assert decode(source) == ("époque,d\n1,0.5\n", ())
    assert source.notes == ("x.csv is not UTF-8 at byte 0: it was read as Windows-1252 (Latin)",)


def test_latin_text_far_down_is_read_with_a_note() -> None:
    data = b"d_loss 0.5\n" * 10_000 + "époque\n".encode("latin-1")
    text, notes = decode(open_bytes(data, "x.log"))
    assert text.endswith("0.5\népoque\n")
    assert "not UTF-8 at byte 110000" in notes[0]


def test_zero_bytes_of_a_crash_are_left_out_with_a_note() -> None:
    text, notes = decode(open_bytes(TEXT.encode() + bytes(4000), "x.csv"))
    assert text == TEXT
    assert "4000 zero bytes" in notes[0]


def test_stdin_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(TEXT.encode()))))
    source = open_source("-")
    assert (source.name, decode(source)[0]) == ("<stdin>", TEXT)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GandoctorError, match=r"gone\.csv does not exist"):
        open_source(tmp_path / "gone.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(GandoctorError, match="cannot be opened"):
        open_source(tmp_path)


def test_a_plain_file_is_mapped_and_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "big.log"
    with path.open("wb") as handle:
        handle.write(b"d_loss: 0.5\n")
        handle.truncate(3 << 30)  # sparse: three gigabytes that take no room
    source = open_source(path)
    assert source.size == 3 << 30
    assert source.head.startswith(b"d_loss")
