"""environment.yml, pyproject.toml and requirements.lock name the same packages."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# conda-forge calls matplotlib without its GUI, and pandera for pandas, so.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "pandera-pandas": "pandera"}


def wanted() -> dict[str, str]:
    requirements = [Requirement(text) for text in PROJECT["dependencies"]]
    return {canonicalize_name(r.name): str(r.specifier) for r in requirements}


def test_the_conda_environment_asks_for_what_the_package_asks_for() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    listed: list[str] = []
    for entry in environment["dependencies"]:
        listed += entry["pip"] if isinstance(entry, dict) else [entry]
    found = {}
    for entry in listed:
        name, _, version = entry.removeprefix("--").partition(" ")
        found[canonicalize_name(CONDA_NAMES.get(name, name))] = version
    assert found.pop("python") == PROJECT["requires-python"]
    assert found.pop("quarto").startswith(">=")
    assert found.pop("editable") == "." and found.pop("pip") == ""
    assert found == wanted()


def test_the_environment_is_for_every_platform() -> None:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert "conda-forge" in text
    assert not re.search(r"=\s*(linux|osx|win)-", text)


def test_the_lock_pins_everything_with_hashes_and_without_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.split(r"\n(?=\S)", lock.strip())
    assert "://" not in lock
    assert all(re.match(r"[\w.-]+==[\w.!+-]+", entry) and "--hash=sha256:" in entry for entry in pinned)
    versions: dict[str, list[str]] = {}
    for entry in pinned:
        name, version = re.match(r"([\w.-]+)==([\w.!+-]+)", entry).groups()
        versions.setdefault(canonicalize_name(name), []).append(version)
    optional = {name: [*map(Requirement, texts)] for name, texts in PROJECT["optional-dependencies"].items()}
    # papermill would import these engines with every run.
    assert not any(canonicalize_name(requirement.name) in versions for requirement in optional.pop("bench"))
    extras = [requirement for requirements in optional.values() for requirement in requirements]
    for requirement in [*map(Requirement, PROJECT["dependencies"]), *extras]:
        name = canonicalize_name(requirement.name)
        assert versions.get(name), f"{name} is not in the lock: make it again"
        assert all(requirement.specifier.contains(version) for version in versions[name])
