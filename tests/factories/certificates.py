"""Certificates that sign themselves, for servers on this machine."""

import datetime as dt
import ipaddress
import itertools
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_numbers = itertools.count(1)


def certificate(folder: Path, host: str, *, from_days: float = -1, to_days: float = 30) -> Path:
    """Make a certificate for a name or an address; return the file with it and its key, which is its authority, too."""
    key, now, number = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC), next(_numbers)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{host} {number}")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.not_valid_before(now + dt.timedelta(days=from_days)).not_valid_after(now + dt.timedelta(days=to_days))
    made = made.serial_number(number).add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"certificate {number}.pem"
    path.write_bytes(pem + key.private_bytes(*form))
    return path


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
