"""Words packed for the way: zstd where both sides know it, gzip where one does not."""

import zlib

from backports import zstd

# The best first. A name is what Content-Encoding and Accept-Encoding call it.
NAMES = ("zstd", "gzip")
ACCEPTED = ", ".join(NAMES)
# Shorter bodies go as they are.
WORTH_PACKING = 2_000
# Either one's lowest: the next ones take longer than the bytes that they save, on anything quicker than a telephone.
_LEVEL = 1
_GZIP = 31
# How far back a zstd body may point, as a power of 2: 8 MiB, what every reader of such bodies has to bear (RFC 9659).
_WIDEST = 23


class NotPacked(ValueError):
    """The bytes are not packed as it was said, or cut short."""


class TooMuch(ValueError):
    """There is more in it than was asked for."""


def best(accepted: str) -> str:
    """The best packing that an Accept-Encoding allows, "" for none of ours."""
    offered = (one.replace(" ", "").partition(";") for one in accepted.lower().split(","))
    allowed = {name for name, _, quality in offered if quality != "q=0"}
    return next((name for name in NAMES if name in allowed), "")


def packed(body: bytes, packing: str) -> bytes:
    """The body in one of NAMES."""
    if packing == "zstd":
        return zstd.compress(body, _LEVEL)
    packer = zlib.compressobj(level=_LEVEL, wbits=_GZIP)
    return packer.compress(body) + packer.flush()


def unpacked(body: bytes, packing: str, most: int) -> bytes:
    """What is in a body, never unpacked beyond `most` bytes (promises T27). Raises NotPacked, TooMuch."""
    try:
        if packing == "zstd":
            opener = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WIDEST})
            plain, is_whole = opener.decompress(body, most + 1), opener.eof
        else:
            inflater = zlib.decompressobj(wbits=_GZIP)
            plain, is_whole = inflater.decompress(body, most + 1), inflater.eof
    except (zlib.error, zstd.ZstdError) as error:
        raise NotPacked from error
    if len(plain) > most:
        raise TooMuch
    if not is_whole:
        raise NotPacked
    return plain
