"""Every kind of workbook that can be imported, and the tables they write."""

from collections.abc import Mapping
from typing import Final

from zhupei_cli.services.kinds.bar import BAR_IMPORT
from zhupei_cli.services.kinds.base import BASE_IMPORT
from zhupei_cli.services.kinds.checkin import CHECK_IN_IMPORT
from zhupei_cli.services.kinds.employer import EMPLOYER_IMPORT
from zhupei_cli.services.kinds.exam_group import EXAM_GROUP_IMPORT
from zhupei_cli.services.kinds.exam_room import EXAM_ROOM_IMPORT
from zhupei_cli.services.kinds.parts.kind import ImportKind, Part
from zhupei_cli.services.kinds.photo import PHOTO_IMPORT
from zhupei_cli.services.kinds.plan import PLAN_IMPORT
from zhupei_cli.services.kinds.preplace import PREPLACE_IMPORT
from zhupei_cli.services.kinds.review import REVIEW_IMPORT
from zhupei_cli.services.kinds.score import SCORE_IMPORT
from zhupei_cli.services.kinds.specialty import SPECIALTY_IMPORT
from zhupei_cli.services.kinds.trainee import TRAINEE_IMPORT
from zhupei_cli.words.vocabulary import CodeTable

_KINDS: Final = (
    BASE_IMPORT,
    SPECIALTY_IMPORT,
    EMPLOYER_IMPORT,
    PLAN_IMPORT,
    TRAINEE_IMPORT,
    REVIEW_IMPORT,
    SCORE_IMPORT,
    CHECK_IN_IMPORT,
    PREPLACE_IMPORT,
    BAR_IMPORT,
    EXAM_ROOM_IMPORT,
    EXAM_GROUP_IMPORT,
    PHOTO_IMPORT,
)

KINDS: Final[Mapping[str, ImportKind]] = {kind.key: kind for kind in _KINDS}
#: By table, each as the first kind has it that writes there.
PARTS: Final[Mapping[str, Part]] = {
    part.entity: part for kind in reversed(_KINDS) for part in reversed(kind.parts)
}
KIND: Final = CodeTable("导入的种类", {kind.key: kind.label for kind in _KINDS})
ENTITY: Final = CodeTable("导入写入的内容", {part.entity: part.label for part in PARTS.values()})
ACTION: Final = CodeTable("导入的动作", {"inserted": "新增", "updated": "更新"})
