"""Certificates that vouch for themselves: that of an office's own authority, and one that nobody trusts."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


def an_offices_certificate(folder: Path) -> tuple[Path, Path]:
    """The office's own authority vouches for itself as the loopback: the certificate, and it with its key."""
    loopback = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    authority, server = folder / "authority.pem", folder / "server.pem"
    key, builder = _begun("The office")
    builder = builder.add_extension(loopback, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    authority.write_bytes(_signed(server, key, builder))
    return authority, server


def a_certificate_of_ones_own(folder: Path) -> Path:
    """A certificate for the loopback that nobody vouches for, with its key."""
    server = folder / "server.pem"
    _signed(server, *_begun("127.0.0.1"))
    return server


def _begun(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.CertificateBuilder]:
    """A fresh key, and a certificate for it of that name by that name, good for today."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return key, x509.CertificateBuilder(
        issuer_name=whose,
        subject_name=whose,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=1),
    )


def _signed(path: Path, key: ec.EllipticCurvePrivateKey, builder: x509.CertificateBuilder) -> bytes:
    """Signs it and writes it behind its key, as a server takes both; returns the certificate alone."""
    public = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + public)
    return public
