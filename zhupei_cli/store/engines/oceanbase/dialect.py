"""SQLAlchemy's own dialect, told how OceanBase writes its tables; loaded by name, when one is opened."""

import re
from typing import Any, Final

from sqlalchemy.dialects.mysql.pymysql import MySQLDialect_pymysql

#: What SHOW CREATE TABLE says in other words than MySQL: where an index lies, and of a foreign key what goes
#: without saying; what is referred to with its database, and no blank between.
_PLACE: Final = re.compile(r" BLOCK_SIZE \d+ (?:LOCAL|GLOBAL)| ON (?:UPDATE|DELETE) RESTRICT")
_REFERRED: Final = re.compile(r"REFERENCES (?:`[^`]+`\.)?(`[^`]+`)\(")


class OceanBaseDialect(MySQLDialect_pymysql):
    """MySQL's, as far as reading tables back is concerned."""

    supports_statement_cache = True

    def _show_create_table(self, *args: Any, **kwargs: Any) -> str:
        words = super()._show_create_table(*args, **kwargs)
        return _REFERRED.sub(r"REFERENCES \1 (", _PLACE.sub("", words))
