"""What can go wrong when a source is read.

GovernanceError
└── SourceError
    ├── SourceMissingError       (no such file, folder or table)
    ├── SourceSchemeError        (an address of a kind we can't read)
    ├── SourceUnreachableError   (a database does not answer or refuses)
    ├── SourceDriverError        (the database's driver is not installed)
    ├── SourceUnreadableError    (the system refuses the file or folder)
    ├── SourceEmptyError         (nothing to scan)
    ├── SourceEncodingError      (neither UTF-8 nor GB18030)
    └── SourceBrokenError        (damaged or ill-formed content)

Sentences name file and table, never a value, a password or an engine's own text.
"""

from governance.errors import GovernanceError


class SourceError(GovernanceError):
    """Base of everything that keeps a source from being read."""


class SourceMissingError(SourceError):
    """The file, folder or table is not there."""

    zh = "找不到数据源 `{name}`"
    en = "there is no source `{name}`"
    zh_next = "检查路径或表名，以及数据库账号是否仍能看到该表；相对路径以世界文件或当前目录为准"
    en_next = (
        "check the path or table name, and that the database account may still see it; "
        "relative paths count from the world file or the working folder"
    )


class SourceSchemeError(SourceError):
    """The address is of no kind that can be read."""

    zh = "数据源 `{name}` 的类型不受支持"
    en = "source `{name}` is of no supported kind"
    zh_next = (
        "可用：CSV、Parquet、JSONL、SQLite、DuckDB 文件或其目录，"
        "以及 postgresql://、mysql:// 与（`scan` 可用的）spark+parquet:// 地址"
    )
    en_next = (
        "use a CSV, Parquet, JSONL, SQLite or DuckDB file, a folder of them, "
        "or a postgresql://, mysql:// or (by `scan`) spark+parquet:// URL"
    )


class SourceUnreachableError(SourceError):
    """The database does not answer or refuses the sign-in."""

    zh = "无法读取数据库 `{name}`：{reason}"
    en = "cannot read database `{name}`: {reason}"
    zh_next = "检查主机、端口、数据库名、账号与只读权限"
    en_next = "check host, port, database name, account and its right to read"


class SourceDriverError(SourceError):
    """The driver for this database is not installed."""

    zh = "缺少 `{name}` 所需的数据库驱动"
    en = "the database driver that `{name}` needs is not installed"
    zh_next = "在同一环境安装该驱动，或写成自带驱动的 postgresql://…、mysql://…"
    en_next = "install it beside Mingjing, or write postgresql://… or mysql://…, whose drivers come with it"


class SourceUnreadableError(SourceError):
    """The operating system refuses the file or folder."""

    zh = "没有读取 `{name}` 的权限，或读取失败"
    en = "`{name}` can't be opened for reading"
    zh_next = "检查权限与磁盘"
    en_next = "check its permissions and the disk"


class SourceEmptyError(SourceError):
    """There is nothing in it to scan."""

    zh = "`{name}` 是空的"
    en = "`{name}` is empty"
    zh_next = "确认导出已完成；文件至少要有一行表头，目录至少要有一个可读文件"
    en_next = "see that the export finished; a file needs a header line, a folder one readable file"


class SourceEncodingError(SourceError):
    """The text is in no encoding that is read."""

    zh = "`{name}` 的编码既不是 UTF-8 也不是 GB18030"
    en = "`{name}` is neither UTF-8 nor GB18030"
    zh_next = "另存为 UTF-8 后重试"
    en_next = "save it as UTF-8 and try again"


class SourceBrokenError(SourceError):
    """The content is damaged or not what the ending says."""

    zh = "`{name}` 的内容损坏或格式不符：{place}"
    en = "`{name}` is damaged or not of its kind: {place}"
    zh_next = "重新导出该文件"
    en_next = "export the file again"
