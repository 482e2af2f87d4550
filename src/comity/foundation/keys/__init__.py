"""Keys: signing, sealing, and the files that hold them.

A node has several key pairs, so that none signs what another's reader could mistake: `identity` signs cards,
agreements, envelopes and receipts; `log` signs checkpoints; `witness` cosigns others' checkpoints; `sealing` opens
what is sealed to the node. Beside `identity` and `witness` stands a second key of another mathematics, ML-DSA-44: a
signature by both holds as long as either scheme does. Every signature by an identity key is over a label that says
what is signed.
"""

from comity.foundation.keys.files import (
    Keys,
    complete,
    create,
    destroy,
    destroy_former,
    load,
    rotate,
    seed,
    settle,
    write_new,
)
from comity.foundation.keys.hardware import HardwareUri
from comity.foundation.keys.random import random_bytes
from comity.foundation.keys.sealing import WRAP_LENGTH, CannotOpen, SealingKey, seal, unseal, wrap
from comity.foundation.keys.signing import (
    LATTICE_PUBLIC,
    LATTICE_SIGNATURE,
    BadSignature,
    LatticeKey,
    SigningKey,
    verify,
    verify_bare,
    verify_lattice,
    verify_lattice_bare,
)

__all__ = [
    "LATTICE_PUBLIC",
    "LATTICE_SIGNATURE",
    "WRAP_LENGTH",
    "BadSignature",
    "CannotOpen",
    "HardwareUri",
    "Keys",
    "LatticeKey",
    "SealingKey",
    "SigningKey",
    "complete",
    "create",
    "destroy",
    "destroy_former",
    "load",
    "random_bytes",
    "rotate",
    "seal",
    "seed",
    "settle",
    "unseal",
    "verify",
    "verify_bare",
    "verify_lattice",
    "verify_lattice_bare",
    "wrap",
    "write_new",
]
