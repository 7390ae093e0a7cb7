"""What every section of `amends.yaml` shares: no unknown keys, and the words that stand in addresses and labels."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
)

from amends.config.units import Words

ID = re.compile(r"[a-z0-9-]{1,40}")


class Section(BaseModel):
    """A map of the file: its keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=False)


def identifier(value: str) -> str:
    """Check an id: it stands in addresses and labels."""
    if not ID.fullmatch(value):
        raise ValueError("is no id; use 1 to 40 of a-z, 0-9 and -")
    return value


def _bare(mark: str) -> AfterValidator:
    def check(value: str) -> str:
        if value.startswith(mark):
            raise ValueError(f"begins with {mark}; write {value.lstrip(mark)!r}")
        return value

    return AfterValidator(check)


def _language(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValueError("is no language; write its ISO 639 code in small letters, like en or fr")
    return value


Id = Annotated[str, AfterValidator(identifier)]
Handle = Annotated[Words, _bare("@")]
Hashtag = Annotated[Words, _bare("#")]
Language = Annotated[str, AfterValidator(_language)]


def _no_bool(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    if isinstance(value, bool):
        raise ValueError("is no severity; write 1 (critical), 2 (major) or 3 (minor)")  # noqa: TRY004 - pydantic's way
    return value


Severity = Annotated[Literal[1, 2, 3], BeforeValidator(_no_bool)]
