"""SQLAlchemy's own dialect, told how OceanBase writes its tables; loaded by name, when one is opened."""

import re
from typing import Any, Final

from sqlalchemy import Text
from sqlalchemy.dialects.mysql.base import MySQLTypeCompiler
from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql

#: What SHOW CREATE TABLE says in other words than MySQL: where an index lies, and of a foreign key what goes
#: without saying; what is referred to with its database, and no blank between.
_PLACE: Final = re.compile(r" BLOCK_SIZE \d+ (?:LOCAL|GLOBAL)| ON (?:UPDATE|DELETE) RESTRICT")
_REFERRED: Final = re.compile(r"REFERENCES (?:`[^`]+`\.)?(`[^`]+`)\(")


class _TypeCompiler(MySQLTypeCompiler):
    """Texts of 16 MB: a TEXT there ends at 64 KB, what an import keeps of a photo does not."""

    def visit_TEXT(self, type_: Text, **_: object) -> str:
        del type_  # no text of ours has a collation of its own
        return "MEDIUMTEXT"


class OceanBaseDialect(MySQLDialect_pymysql):
    """MySQL's, but for long texts and for reading tables back."""

    supports_statement_cache = True
    type_compiler_cls = _TypeCompiler

    def _show_create_table(self, *args: Any, **kwargs: Any) -> str:
        words = super()._show_create_table(*args, **kwargs)
        return _REFERRED.sub(r"REFERENCES \1 (", _PLACE.sub("", words))
