"""What the operating system says when it refuses something, in the words of the reader."""

import errno
from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[int, str]] = {
    errno.EACCES: "没有权限",
    errno.EPERM: "系统不允许",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EFBIG: "文件太大，超出限度",
    errno.EIO: "磁盘读写出错",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "是一个文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EBUSY: "正被占用",
    errno.EMFILE: "打开的文件太多",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接被对方断开",
    errno.ETIMEDOUT: "连接超时",
    errno.EHOSTUNREACH: "主机不通",
    errno.ENETUNREACH: "网络不通",
}
#: Windows has no disk quota.
_QUOTA: Final = getattr(errno, "EDQUOT", None)


def os_words(error: OSError) -> str:
    """Return why the system refused: in Chinese where the reason is a common one, else its own words."""
    if error.errno is not None and error.errno in _WORDS:
        return _WORDS[error.errno]
    if error.errno == _QUOTA is not None:
        return "磁盘配额已用完"
    if isinstance(error, TimeoutError):
        return "没有回应"
    return error.strerror or type(error).__name__
