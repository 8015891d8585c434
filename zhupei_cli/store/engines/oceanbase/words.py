"""What OceanBase and its driver say, as our errors; and what of it nobody may read."""

import re
from typing import Final

#: Number of an error → catalogue code. Those of four digits from 4000 on are OceanBase's own.
_NUMBERS: Final = {
    **dict.fromkeys((1048, 1062, 1216, 1217, 1364, 1451, 1452, 3819, 4025), "E621"),
    1205: "E601",
    **dict.fromkeys((1213, 6002, 6211, 6224), "E620"),
    **dict.fromkeys((1290, 1792, 1836), "E602"),
    **dict.fromkeys((1142, 1143, 1227, 1370), "E605"),
    **dict.fromkeys((1044, 1045, 1698), "E510"),
    1049: "E511",
    **dict.fromkeys((1040, 1203, 1226), "E512"),
    **dict.fromkeys((2002, 2003, 2005), "E507"),
    **dict.fromkeys((0, 1053, 1077, 1317, 2006, 2013, 2055, 6225), "E513"),
    **dict.fromkeys((1021, 4184), "E506"),
    **dict.fromkeys((3024, 4012, 6210, 6212), "E709"),
    **dict.fromkeys((4013, 4030), "E710"),
}

#: What the driver says of a server that cannot be reached → the same for people.
_UNREACHED: Final = (
    ("refused", "服务器拒绝连接，多半没有启动，或端口不对"),
    ("No such file", "本机没有运行数据库服务，或套接字文件的路径不对"),
    ("not known", "找不到这台主机"),
    ("name resolution", "找不到这台主机"),
    ("timed out", "连接超时"),
    ("unreachable", "网络不通"),
    ("No route", "网络不通"),
)
#: A message quotes what was written: `Duplicate entry '…' for key 'PRIMARY'`. The name of the key may stand.
_QUOTED: Final = re.compile(r"'.*'(?= for key )|'.*'", re.DOTALL)


def number_of(error: BaseException | None) -> int | None:
    """Return the number of an error of the driver; None for another one's."""
    if error is None or type(error).__module__.partition(".")[0] != "pymysql":
        return None
    number = error.args[0] if error.args else 0
    return number if isinstance(number, int) else 0


def code_of(error: BaseException) -> str | None:
    """Return the catalogue code of an error of the driver."""
    number = number_of(error)
    return None if number is None else _NUMBERS.get(number)


def detail_of(code: str, message: str) -> str:
    """Return what the driver said, in Chinese where it is about a server that cannot be reached."""
    if code != "E507":
        return message
    return next((words for part, words in _UNREACHED if part in message), "连接没有成功")


def without_values(error: BaseException | None) -> str | None:
    """Take what it quotes of rows out of a driver's error and return the rest; None where it has none."""
    if error is None or number_of(error) is None or len(error.args) < 2 or code_of(error) == "E507":
        return None
    error.args = (error.args[0], _QUOTED.sub("'…'", str(error.args[1]), count=1))
    return str(error)
