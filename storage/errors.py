"""The root of every error this product raises on purpose, in both languages.

ProductError
├── StorageError            (this package)
│   ├── DatabaseUnavailableError
│   ├── FileTroubleError
│   ├── SchemaBehindError
│   ├── KeyFileError
│   ├── CipherUnavailableError
│   ├── SealBrokenError
│   ├── MasterKeyUnavailableError
│   ├── KeyDestroyedError
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
        reason: a part of the sentence that is prose: in both languages, or a type checker refuses it.
        values: what the other placeholders stand for. Never a personal value: errors reach logs.
    """

    zh: ClassVar[str] = "内部错误"
    en: ClassVar[str] = "internal error"
    zh_next: ClassVar[str] = ""
    en_next: ClassVar[str] = ""

    def __init__(self, *, reason: Said | None = None, **values: object) -> None:
        """Fill the English sentence, so that a traceback reads well."""
        self.values = values if reason is None else {"reason": reason, **values}
        super().__init__(self.detail("en"))

    def detail(self, language: Language) -> str:
        """Give the sentence that says what is wrong."""
        return self._filled(self.zh if language == "zh" else self.en, language)

    def said(self) -> Said:
        """Give the sentence in both languages, to stand inside another error's."""
        return Said(self.detail("zh"), self.detail("en"))

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


class CipherUnavailableError(StorageError):
    """The chosen cipher suite is unknown, or the machine's OpenSSL lacks it."""

    zh = "密码套件 `{name}` 在这台机器上不可用（可选：{known}）"
    en = "cipher suite `{name}` is not available on this machine (there are: {known})"
    zh_next = "换一个套件（MINGJING_CIPHER_SUITE），或安装带国密算法的 OpenSSL"
    en_next = "choose another suite (MINGJING_CIPHER_SUITE), or install an OpenSSL that has SM4"


class SealBrokenError(StorageError):
    """A sealed value does not open: changed, cut, moved, or of another key."""

    zh = "密文无法打开：它被改动、截断、挪到了别处，或由另一把密钥加密"
    en = "a sealed value does not open: it was changed, cut or moved, or another key sealed it"
    zh_next = "从备份恢复该记录；若多条如此，请核对密钥文件夹是否属于这个数据库"
    en_next = "restore the record from backup; if it is many, check that the keys folder belongs to this database"


class MasterKeyUnavailableError(StorageError):
    """The keeper of the master keys does not answer, or refuses."""

    zh = "主密钥保管方 `{provider}` 不可用：{reason}"
    en = "the keeper of master keys `{provider}` is not available: {reason}"
    zh_next = "已取出的密钥用到期满为止，之后拒绝访问；恢复保管方后自动继续"
    en_next = "keys already fetched live out their time, then access is refused; it goes on once the keeper is back"


class KeyDestroyedError(StorageError):
    """The person's key was destroyed: what it sealed can't be read again by anybody."""

    zh = "该主体的密钥已销毁，其加密内容不可恢复"
    en = "this person's key was destroyed; what it sealed can't be recovered"
    zh_next = "删除证明见存证日志中的 key.destroyed 条目"
    en_next = "the entry key.destroyed in the log is the proof of erasure"
