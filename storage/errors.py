"""The root of every error this product raises on purpose, in both languages.

ProductError
├── StorageError            (this package)
│   ├── DatabaseUnavailableError
│   ├── FileTroubleError
│   ├── SchemaBehindError
│   ├── KeyFileError
│   └── NaiveTimeError
├── policies.errors.PoliciesError
├── audit.errors.AuditError
├── classification.errors.ClassificationError
├── consent.errors.ConsentError
├── federated.errors.FederatedError
└── governance.errors.GovernanceError

An error class holds its own sentence in Chinese and English, with the same placeholders, and, where a
person can do something about it, the next step. Packages know no HTTP status and no exit code: the one
table that maps classes to those stands in `governance.api.problems`.
"""

from typing import ClassVar, Literal, NamedTuple

Language = Literal["zh", "en"]


class Said(NamedTuple):
    """A part of a sentence in both languages, as the value of a placeholder."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Read as English where nobody states a language."""
        return self.en


class ProductError(Exception):
    """Base of all errors with a message for people.

    Args:
        values: what the placeholders of the sentences stand for. Never a personal value: errors reach logs.
    """

    zh: ClassVar[str] = "内部错误"
    en: ClassVar[str] = "internal error"
    zh_next: ClassVar[str] = ""
    en_next: ClassVar[str] = ""

    def __init__(self, **values: object) -> None:
        """Fill the English sentence, so that a traceback reads well."""
        self.values = values
        super().__init__(self.detail("en"))

    def detail(self, language: Language) -> str:
        """Give the sentence that says what is wrong."""
        return self._filled(self.zh if language == "zh" else self.en, language)

    def next_step(self, language: Language) -> str:
        """Give what to do now, or an empty string where nothing helps."""
        return self._filled(self.zh_next if language == "zh" else self.en_next, language)

    def _filled(self, sentence: str, language: Language) -> str:
        spoken = {
            name: getattr(value, language) if isinstance(value, Said) else value for name, value in self.values.items()
        }
        return sentence.format(**spoken)


class StorageError(ProductError):
    """Something is wrong with the database or the key files beneath everything."""

    zh = "存储出错"
    en = "storage failed"


class DatabaseUnavailableError(StorageError):
    """The database can't be opened or refuses to be configured safely."""

    zh = "无法打开数据库 `{url}`：{reason}"
    en = "cannot open database `{url}`: {reason}"
    zh_next = "请检查路径或连接串、权限与磁盘空间"
    en_next = "check the path or URL, its permissions and the free disk space"


class FileTroubleError(StorageError):
    """A file or folder can't be read or written."""

    zh = "无法读写 `{path}`：{reason}"
    en = "cannot read or write `{path}`: {reason}"
    zh_next = "检查路径、权限与磁盘空间后重试"
    en_next = "check path, permissions and free disk space, then try again"


class SchemaBehindError(StorageError):
    """The database's schema is not the one this release was built for."""

    zh = "数据库结构版本为 `{found}`，本版本需要 `{wanted}`"
    en = "database schema is at `{found}`, this release needs `{wanted}`"
    zh_next = "先运行 `mingjing migrate`"
    en_next = "run `mingjing migrate` first"


class KeyFileError(StorageError):
    """A key file is missing, too open or damaged."""

    zh = "密钥文件 `{path}` 不可用：{reason}"
    en = "key file `{path}` is not usable: {reason}"
    zh_next = "从备份恢复该文件，并确认只有服务账号可读（0600）"
    en_next = "restore the file from backup and make it readable by the service alone (0600)"


class NaiveTimeError(StorageError):
    """An instant without a zone was about to be stored."""

    zh = "时间 `{value}` 没有时区"
    en = "instant `{value}` has no time zone"
