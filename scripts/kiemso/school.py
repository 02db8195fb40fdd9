"""The schools of a workspace: data/schools.yml, and the folder of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kiemso.document import read_document
from kiemso.message import say
from kiemso.problem import Problem, Refused
from kiemso.project import DISTRICTS, SCHOOLS, workspace_of
from kiemso.project import WORKSPACE_FILE as FILE
from kiemso.text import suggestion

_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*")
# A school's folder holds these: a school below another could not be told from them.
_TAKEN = {"build", "data", "notebooks"}
ALL = "all"


def _code(text: str) -> str:
    if not _CODE.fullmatch(text) or _TAKEN & {*text.split("/")}:
        raise ValueError(say("a school's code looks like ha-tinh/ky-phu"))
    return text


Code = Annotated[str, AfterValidator(_code)]


def _limit(below: int) -> int:
    if below in (2, 3):
        raise ValueError(say("so few leave no doubt of a count: suppress below 4 or more, or below 1 for nothing"))
    return below


class School(BaseModel):
    """A school of the list."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(min_length=1)
    commune: str = Field(min_length=1)
    district: str = Field(min_length=1)


class Schools(BaseModel):
    """The list by code, and the settings of the workspace.

    A count of 1 to `suppress_below` - 1 in one school could identify a person: no roll-up shows it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    suppress_below: Annotated[int, AfterValidator(_limit)] = Field(default=5, ge=1, strict=True)
    schools: dict[Code, School] = Field(min_length=1)

    def of_district(self, name: str | None) -> dict[str, School]:
        """The schools of a district, or all; Refused where there is no such district."""
        if name is None:
            return dict(self.schools)
        found = {code: school for code, school in self.schools.items() if school.district == name}
        if not found:
            known = sorted({school.district for school in self.schools.values()})
            mend = suggestion(name, known) or say("The districts are {names}.", names=", ".join(known))
            raise Refused(Problem(say("no school is of the district “{name}”", name=name), mend, FILE))
        return found


def read_schools(workspace: Path) -> Schools:
    """The workspace's schools and settings; Refused where one's code stands inside another's."""
    found: Schools = read_document(workspace / FILE, Schools, FILE)
    nested = [code for code in found.schools if any(code.startswith(f"{other}/") for other in found.schools)]
    if nested:
        mend = say("Give it a code that does not begin with another school's code.")
        raise Refused(
            Problem(say("the folder of {code} lies inside another school's", code=code), mend, FILE) for code in nested
        )
    _refuse_alike({school.district for school in found.schools.values()})
    return found


def _refuse_alike(districts: Iterable[str]) -> None:
    """Refused where two districts' roll-ups, or one's and that of all schools, would lie in one folder."""
    owners: dict[str, str] = {ALL: ALL}
    mend, problems = say("Write the name of one of them otherwise."), []
    for name in sorted(districts):
        other = owners.setdefault(_slug(name), name)
        if other != name:
            message = say("the districts “{name}” and “{other}” would share a folder", name=name, other=other)
            problems.append(Problem(message, mend, FILE))
    if problems:
        raise Refused(problems)


def chosen(schools: Mapping[str, School], patterns: Sequence[str]) -> list[str]:
    """The codes that match any of these patterns (`ha-tinh/*`); Refused names each that matches none."""
    unmatched = [p for p in patterns if not any(fnmatchcase(code, p) for code in schools)]
    if unmatched:
        raise Refused(_unmatched(pattern, schools) for pattern in unmatched)
    return [code for code in schools if any(fnmatchcase(code, pattern) for pattern in patterns)]


def _unmatched(pattern: str, schools: Mapping[str, School]) -> Problem:
    # Of a pattern the part before the star says which codes were meant.
    near = suggestion(pattern.rstrip("*/"), schools) or suggestion(
        pattern.partition("/")[0], {code.partition("/")[0] for code in schools}
    )
    some = say("The codes are {codes}.", codes=", ".join([*schools][:5]) + (", …" if len(schools) > 5 else ""))
    return Problem(say("no school's code matches “{pattern}”", pattern=pattern), near or some, FILE)


def school_folder(workspace: Path, code: str) -> Path:
    """The school's own project."""
    return workspace / SCHOOLS / code


def district_folder(workspace: Path, district: str | None) -> Path:
    """Where the roll-up of a district, or of all schools, is made."""
    return workspace / DISTRICTS / (_slug(district) if district else ALL)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or ALL


def described(project: Path) -> dict[str, str]:
    """What the list says of the school whose project this is; nothing of a project that stands alone."""
    workspace = workspace_of(project)
    if workspace is None or not project.absolute().is_relative_to(workspace / SCHOOLS):
        return {}
    code = project.absolute().relative_to(workspace / SCHOOLS).as_posix()
    school = _listed(workspace, (workspace / FILE).stat().st_mtime_ns).get(code)
    return school.model_dump() if school else {}


@lru_cache(maxsize=1)
def _listed(workspace: Path, _changed: int) -> dict[str, School]:
    """The list, read once for all schools of a run."""
    return read_schools(workspace).schools
