"""Writes the bill of materials as CycloneDX JSON: `python -m scripts.bom FILE`.

It names every pinned Python and npm package with its version, its hashes and its licence, and every Debian package and
container image that is installed beside them. Packages that only tests use have the scope "excluded". The licence is what
a package's own metadata says.
"""

from __future__ import annotations

import base64
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)", re.MULTILINE)

UNSAID = {"axe-playwright-python": "MIT"}
"""Licences of packages whose metadata names none: as their licence file has it."""

BESIDE = {
    "python3": "PSF-2.0",
    "python3-venv": "PSF-2.0",
    "libreoffice-writer-nogui": "MPL-2.0",
    "fonts-liberation": "OFL-1.1",
    "fonts-dejavu-core": "Bitstream-Vera",
    "tesseract-ocr-eng": "Apache-2.0",
    "tesseract-ocr-osd": "Apache-2.0",
    "chromium-headless-shell": "BSD-3-Clause",
    "clamav-daemon": "GPL-2.0-only",
    "dovecot-imapd": "MIT AND LGPL-2.1-only",
    "nginx": "BSD-2-Clause",
    "postgres": "PostgreSQL",
    "redis": "RSALv2 OR SSPL-1.0 OR AGPL-3.0-only",
    "clamav/clamav": "GPL-2.0-only",
    "debian": "many, each in its /usr/share/doc",
}
"""What is installed as packages of Debian or run as containers, and its licence. These are programs of their own, which
the service starts or talks to over a socket; nothing of them is linked into it."""


def licence_of(name: str) -> str:
    """As the metadata of an installed package has it."""
    told = importlib.metadata.metadata(name)
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    classified = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License :: ")]
    of_use = [one for one in classified if one not in ("OSI Approved", "DFSG approved")]
    written = str(told.get("License") or "").strip().partition("\n")[0]
    return "; ".join(of_use) or written or UNSAID.get(name, "")


def _component(
    name: str, version: str | None, licence: str, kind: str, scope: ComponentScope, hashes: Iterable[HashType] = ()
) -> Component:
    group, _, bare = name.rpartition("/")
    library = kind in ("pypi", "npm")
    address = PackageURL(kind, "debian" if kind == "deb" else group, bare, version)
    return Component(
        name=bare,
        group=group or None,
        version=version,
        type=ComponentType.LIBRARY if library else ComponentType.APPLICATION,
        bom_ref=str(address),
        purl=address,
        hashes=hashes,
        licenses=[LicenseFactory().make_from_string(licence)],
        scope=scope,
    )


def python_parts() -> Iterator[Component]:
    seen = set()
    for file, scope in (
        ("requirements.txt", ComponentScope.REQUIRED),
        ("requirements-test.txt", ComponentScope.EXCLUDED),
    ):
        for name, version, hashes in PIN.findall((ROOT / file).read_text()):
            if name not in seen:
                seen.add(name)
                sums = [HashType(alg=HashAlgorithm.SHA_256, content=one) for one in re.findall(r"[0-9a-f]{64}", hashes)]
                yield _component(name, version, licence_of(name), "pypi", scope, sums)


def npm_parts() -> Iterator[Component]:
    """Of which only style sheets and scripts made of them reach a browser; none runs in the service."""
    for place, told in json.loads((ROOT / "package-lock.json").read_text())["packages"].items():
        if place:
            name = place.rpartition("node_modules/")[2]
            algorithm, _, sum_ = told["integrity"].partition("-")
            found = HashType(
                alg=HashAlgorithm(algorithm.upper().replace("SHA", "SHA-")), content=base64.b64decode(sum_).hex()
            )
            yield _component(name, told["version"], told["license"], "npm", ComponentScope.REQUIRED, [found])


def debian_packages() -> set[str]:
    """Those that scripts/setup and the container install."""
    wanted = re.findall(r"^[^|\n]+\|[^|\n]+\|([a-z0-9 .-]+)\|", (ROOT / "scripts" / "setup").read_text(), re.MULTILINE)
    image = re.findall(r"--no-install-recommends ([a-z0-9 -]+?) &&", (ROOT / "deploy" / "Containerfile").read_text())
    return {name for found in (*wanted, *image) for name in found.split()}


def images() -> dict[str, str]:
    """The containers of deploy/, by name their version."""
    text = (ROOT / "deploy" / "compose.yaml").read_text() + (ROOT / "deploy" / "Containerfile").read_text()
    return dict(re.findall(r"(?:image:|FROM) ([a-z/]+):([\w.-]+)", text))


def parts_beside() -> Iterator[Component]:
    for name in sorted(debian_packages()):
        yield _component(name, None, BESIDE[name], "deb", ComponentScope.OPTIONAL)
    for name, version in sorted(images().items()):
        yield _component(name, version, BESIDE[name], "docker", ComponentScope.OPTIONAL)


def bill() -> Bom:
    """Of the service as it is pinned here."""
    return Bom(components=[*python_parts(), *npm_parts(), *parts_beside()])


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Path(sys.argv[1]).write_text(JsonV1Dot6(bill()).output_as_string(indent=2))


if __name__ == "__main__":
    main()
