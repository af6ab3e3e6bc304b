"""Words are packed for the way, in what both sides know, and never unpacked beyond what was asked for."""

import gzip

import pytest
from backports import zstd

from casework.packing import NAMES, NotPacked, TooMuch, best, packed, unpacked

WORDS = b"The boiler is off and the meter is in debit. " * 500


@pytest.mark.parametrize("packing", NAMES)
def test_that_what_was_packed_is_unpacked(packing: str) -> None:
    small = packed(WORDS, packing)
    assert len(small) < len(WORDS) / 10
    assert unpacked(small, packing, len(WORDS)) == WORDS


@pytest.mark.parametrize("packing", NAMES)
def test_that_a_bomb_is_not_laid_out(packing: str) -> None:
    with pytest.raises(TooMuch):
        unpacked(packed(bytes(50_000_000), packing), packing, 1_000_000)


@pytest.mark.parametrize("packing", NAMES)
@pytest.mark.parametrize("spoil", [lambda body: body[:-3], lambda body: b"other" + body, lambda body: b""])
def test_that_what_is_not_packed_as_it_says_is_told(packing: str, spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(NotPacked):
        unpacked(spoil(packed(WORDS, packing)), packing, len(WORDS))


def test_that_a_body_that_points_far_back_is_not_given_the_room_for_it() -> None:
    wide = zstd.compress(WORDS, options={zstd.CompressionParameter.window_log: 27})
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    streamed = compressor.compress(WORDS) + compressor.flush()
    assert unpacked(wide, "zstd", len(WORDS)) == WORDS, "its length is known, and it is short"
    with pytest.raises(NotPacked):
        unpacked(streamed, "zstd", len(WORDS))


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5, zstd;q=0", "gzip"),
        ("zstd ; q=0 , gzip; q=0", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_that_the_best_that_both_know_is_taken(accepted: str, expected: str) -> None:
    assert best(accepted) == expected


def test_that_gzip_is_anybodys_gzip() -> None:
    assert gzip.decompress(packed(WORDS, "gzip")) == WORDS
