"""What the machine beneath refuses, said as one of our errors: no statement, no value, no password passes through."""

import errno
import sqlite3
from collections.abc import Mapping

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from storage.errors import DatabaseUnavailableError, FileTroubleError, ProductError, Said

_ERRNO: Mapping[int, Said] = {
    errno.EACCES: Said("没有权限", "permission denied"),
    errno.EPERM: Said("没有权限", "not permitted"),
    errno.EROFS: Said("文件系统只读", "the file system is read-only"),
    errno.ENOSPC: Said("磁盘空间不足", "no space left on the disk"),
    errno.EDQUOT: Said("磁盘配额已满", "the disk quota is used up"),
    errno.EFBIG: Said("文件超出大小上限", "the file would exceed its size limit"),
    errno.ENOENT: Said("不存在", "it does not exist"),
    errno.ENOTDIR: Said("路径中有一段不是目录", "a part of the path is not a folder"),
    errno.EEXIST: Said("同名文件已存在", "a file of that name is in the way"),
    errno.EISDIR: Said("这是一个目录", "it is a folder"),
    errno.ENAMETOOLONG: Said("路径过长", "the path is too long"),
    errno.EMFILE: Said("打开的文件过多", "too many files are open"),
    errno.EBADF: Said("输出已关闭", "it is closed"),
}
# How SQLite and the clients of PostgreSQL and MySQL put it -> how we say it. The first that occurs counts.
_DRIVER: Mapping[str, Said] = {
    "disk is full": Said("磁盘空间不足", "no space left on the disk"),
    "disk full": Said("磁盘空间不足", "no space left on the disk"),
    "no space left": Said("磁盘空间不足", "no space left on the disk"),
    "readonly database": Said("数据目录或文件只读", "the data folder or file is read-only"),
    "unable to open": Said("无法打开文件，可能没有权限", "the file can't be opened; permission may be missing"),
    "disk i/o error": Said("磁盘读写出错", "the disk could not be read or written"),
    "not a database": Said("文件不是数据库", "the file is not a database"),
    "malformed": Said("文件已损坏", "the file is damaged"),
    "locked": Said("另一进程长时间占用", "another process holds it for too long"),
    "authentication failed": Said("用户名或口令不对", "user name or password is wrong"),
    "access denied for user": Said("用户名或口令不对，或账号无权进入该库", "the account may not sign in there"),
    "can't connect to mysql server": Said("没有服务应答", "no server answers there"),
    "command denied": Said("账号没有所需权限", "the account lacks a right that is needed"),
    "lost connection": Said("服务器断开了连接", "the server ended the connection"),
    "unknown database": Said("没有此数据库或表", "there is no such database or table"),
    "no database selected": Said("地址中没有写明数据库", "the URL names no database"),
    "no password supplied": Said("需要口令", "a password is needed"),
    "connection refused": Said("没有服务应答", "no server answers there"),
    "could not translate host": Said("找不到主机", "there is no such host"),
    "failed to resolve host": Said("找不到主机", "there is no such host"),
    "timeout": Said("等待超时", "it took too long"),
    "permission denied": Said("账号没有所需权限", "the account lacks a right that is needed"),
    "terminating connection": Said("服务器断开了连接", "the server ended the connection"),
    "server closed the connection": Said("服务器断开了连接", "the server ended the connection"),
    "starting up": Said("服务器正在启动", "the server is starting"),
    "shutting down": Said("服务器正在关闭", "the server is shutting down"),
    "too many": Said("连接数已满", "it has too many connections already"),
    "does not exist": Said("没有此数据库或表", "there is no such database or table"),
}
_REFUSED = Said("服务器拒绝", "the server refused")


def reason_of(error: BaseException) -> Said:
    """Give why a file or database refused, in both languages."""
    if isinstance(error, OSError):
        text = error.strerror or type(error).__name__
        return _ERRNO.get(error.errno or 0, Said(text, text))
    cause = getattr(error, "orig", None) or error
    lowered = str(cause).lower()
    for mark, said in _DRIVER.items():
        if mark in lowered:
            return said
    # SQLite's own sentences name tables at most; a server's may quote a row.
    text = str(cause).splitlines()[0] if isinstance(cause, sqlite3.Error) and str(cause) else ""
    return Said(text, text) if text else _REFUSED


def trouble(error: BaseException, url: URL | None = None) -> ProductError | None:
    """Give our error for one of the driver's or the system's, or None where it is neither.

    Args:
        error: what was raised.
        url: the database in use, named without its password.
    """
    if isinstance(error, ProductError):
        return error
    if isinstance(error, DBAPIError | PoolTimeoutError | sqlite3.Error):
        shown = url.render_as_string(hide_password=True) if url is not None else "…"
        return DatabaseUnavailableError(url=shown, reason=reason_of(error))
    if isinstance(error, OSError):
        return FileTroubleError(path=error.filename or "…", reason=reason_of(error))
    return None
