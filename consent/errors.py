"""What can go wrong in `consent`.

ConsentError
├── EventInvalidError        (a consent event that can't be recorded)
├── EventUnknownError        (no such event)
├── NoticeNotCurrentError    (consent given under a notice that is not in force)
├── NoticeChangedError       (a published version's text was changed)
├── ImportRefusedError       (bad rows; nothing was applied)
├── ImportFileError          (the file as a whole)
│   ├── ImportEmptyError
│   ├── ImportEncodingError
│   ├── ImportColumnsError
│   ├── ImportChangedError
│   └── ImportBrokenError
├── SubscriptionUnknownError (nobody subscribed under that id)
└── ReceiptInvalidError      (a receipt that proves nothing)

Sentences never hold a subject id or a cell's content.
"""

from typing import TYPE_CHECKING

from storage.errors import Language, ProductError

if TYPE_CHECKING:
    from consent.model import BadRow

_SHOWN = 20


class ConsentError(ProductError):
    """Base of this package's errors."""


class EventInvalidError(ConsentError):
    """A consent event lacks something or contradicts itself."""

    zh = "同意记录的 `{name}` 无效：{zh}"
    en = "`{name}` of the consent event is invalid: {en}"


class EventUnknownError(ConsentError):
    """There is no such consent event."""

    zh = "找不到同意记录 `{id}`"
    en = "there is no consent event `{id}`"
    zh_next = "运行 `mingjing consent show SUBJECT` 查看该人的记录"
    en_next = "run `mingjing consent show SUBJECT` to see a person's events"


class NoticeNotCurrentError(ConsentError):
    """Consent was to be given under a notice that is unknown or superseded."""

    zh = "用途 `{purpose}` 的告知书版本 `{version}` 不是现行版本"
    en = "notice version `{version}` of purpose `{purpose}` is not current"
    zh_next = "出示现行版本（{current}）后重新取得同意"
    en_next = "show the person the current version ({current}) and ask again"


class NoticeChangedError(ConsentError):
    """A published notice version came again with another text."""

    zh = "用途 `{purpose}` 的告知书版本 `{version}` 已发布，正文不可更改"
    en = "notice version `{version}` of purpose `{purpose}` is published; its text can't change"
    zh_next = "以新的版本号发布修改后的正文"
    en_next = "publish the changed text under a new version"


class ImportRefusedError(ConsentError):
    """Some rows are bad, so none was applied."""

    zh = "同意文件有 {count} 行有误，未导入任何一行：\n{listed}"
    en = "{count} rows of the consent file are bad; none was applied:\n{listed}"
    zh_next = "改正这些行后重新导入，或用 `--accept-valid` 只导入有效行"
    en_next = "correct these rows and import again, or take the valid ones alone with `--accept-valid`"

    def __init__(self, rows: "tuple[BadRow, ...]", count: int | None = None) -> None:
        """Carry the bad rows; the sentence shows the first twenty.

        Args:
            rows: the bad rows, or the first of very many.
            count: how many there are in all; None means those listed.
        """
        self.rows = rows
        self.count = len(rows) if count is None else count
        super().__init__(count=self.count, listed="")

    def detail(self, language: Language) -> str:
        """Give the sentence with the first bad rows, one a line."""
        lines = [row.describe(language) for row in self.rows[:_SHOWN]]
        if self.count > len(lines):
            lines.append(f"… (+{self.count - len(lines)})")
        return (self.zh if language == "zh" else self.en).format(count=self.count, listed="\n".join(lines))


class ImportFileError(ConsentError):
    """The file as a whole can't be imported."""


class ImportEmptyError(ImportFileError):
    """There is no header, hence nothing to read."""

    zh = "同意文件是空的"
    en = "the consent file is empty"
    zh_next = "文件至少要有一行表头：{columns}"
    en_next = "it needs at least a header line: {columns}"


class ImportEncodingError(ImportFileError):
    """The text is in no encoding that is read."""

    zh = "同意文件的编码既不是 UTF-8 也不是 GB18030"
    en = "the consent file is neither UTF-8 nor GB18030"
    zh_next = "另存为 UTF-8 后重试"
    en_next = "save it as UTF-8 and try again"


class ImportColumnsError(ImportFileError):
    """The header lacks columns, repeats one, or misspells one."""

    zh = "同意文件的表头有误：{zh}"
    en = "the header of the consent file is wrong: {en}"
    zh_next = "表头应为：{columns}"
    en_next = "the header should be: {columns}"


class ImportBrokenError(ImportFileError):
    """The content is not what its first bytes say."""

    zh = "同意文件已损坏：{place}"
    en = "the consent file is damaged: {place}"
    zh_next = "重新导出该文件（CSV 或 Parquet）"
    en_next = "export it again, as CSV or Parquet"


class ImportChangedError(ImportFileError):
    """Somebody wrote into the file while it was read."""

    zh = "同意文件在读取过程中被修改，未导入任何一行"
    en = "the consent file was changed while it was read; none was applied"
    zh_next = "等文件写完后重新导入"
    en_next = "import it again when it is complete"


class SubscriptionUnknownError(ConsentError):
    """Nobody subscribed to withdrawals under that id."""

    zh = "没有撤回通知的订阅方 `{id}`"
    en = "there is no subscriber `{id}` to withdrawals"
    zh_next = "运行 `mingjing consent propagation` 查看订阅方"
    en_next = "run `mingjing consent propagation` to see the subscribers"


class ReceiptInvalidError(ConsentError):
    """A receipt's form or signature does not hold."""

    zh = "同意回执无效：{zh}"
    en = "the consent receipt is invalid: {en}"
    zh_next = "向出具方索取原始回执，并核对其公钥"
    en_next = "ask the issuer for the original receipt and check its public key"
