"""What can go wrong in `audit`.

AuditError
├── EventRefusedError            the event can't become an entry
│   ├── UnknownKindError
│   ├── NotCanonicalError
│   └── EntryTooLargeError
├── NotarisationError            the entry has no place in the log yet: no audit, no data
│   ├── NotarisationTimeoutError
│   ├── NotarisationFailedError
│   ├── NotaryBusyError
│   └── NotaryStoppedError
├── LogForkedError               the stored log contradicts itself or what was signed
├── OriginMismatchError
├── LeaseLostError               another sequencer took over (handled inside)
├── NotInLogError                an entry, tile, size or checkpoint that the log does not have
├── ExportFolderError
├── MalformedKeyError
└── VerificationError            a proof, note or export that does not hold
    ├── MalformedNoteError
    ├── UntrustedSignatureError
    ├── ProofInvalidError
    ├── MissingPieceError
    ├── WrongLengthError
    ├── StrayFileError
    ├── ContentMismatchError
    ├── ReceiptMismatchError
    └── RootMismatchError
"""

from storage.errors import ProductError


class AuditError(ProductError):
    """Base of this package's errors."""

    zh = "审计日志出错"
    en = "the audit log failed"


class EventRefusedError(AuditError):
    """An event can't become an entry of the log."""

    zh = "事件不能入日志"
    en = "the event cannot become an entry"


class UnknownKindError(EventRefusedError):
    """The event's kind is not in the register of kinds."""

    zh = "未登记的事件类型 `{kind}`"
    en = "unknown event kind `{kind}`"
    zh_next = "在 audit/kinds.py 中登记该类型"
    en_next = "register the kind in audit/kinds.py"


class NotCanonicalError(EventRefusedError):
    """A value has no single form in bytes: a float, a naive time, a key that is no text."""

    zh = "事件字段 `{place}` 不能写成唯一字节形式：{found}"
    en = "event field `{place}` has no canonical form: {found}"
    zh_next = "只用文本、整数、布尔、空值及其列表与映射；时间带时区；大数与小数写成文本"
    en_next = "use text, integers, booleans, null, lists and maps of them; times with a zone; fractions as text"


class EntryTooLargeError(EventRefusedError):
    """An entry's bytes do not fit the 16-bit length of an entry bundle."""

    zh = "条目有 {size} 字节，超过上限 {limit}"
    en = "the entry has {size} bytes, more than {limit}"
    zh_next = "大内容只记摘要"
    en_next = "record large content by its digest"


class NotarisationError(AuditError):
    """An entry has no place in the log, so nothing that depends on it may leave."""

    zh = "公证日志未能确认该条目"
    en = "the log did not confirm the entry"
    zh_next = "稍后重试；没有留痕就不给数据"
    en_next = "try again shortly; without a record no data is given"


class NotarisationTimeoutError(NotarisationError):
    """The entry got no index in time; it may still get one later."""

    zh = "条目 `{entry_id}` 在 {seconds} 秒内未得到公证"
    en = "entry `{entry_id}` was not notarised within {seconds} s"


class NotarisationFailedError(NotarisationError):
    """The store refused the batch that held the entry; nothing of it was written."""

    zh = "存储拒绝写入条目 `{entry_id}`"
    en = "the store refused entry `{entry_id}`"
    zh_next = "检查数据库与磁盘空间；服务会自行恢复"
    en_next = "check the database and free disk space; the service resumes by itself"


class NotaryBusyError(NotarisationError):
    """More entries wait than the queue may hold."""

    zh = "公证队列已满（{limit} 条）"
    en = "the notary's queue is full ({limit} entries)"


class NotaryStoppedError(NotarisationError):
    """The notary of this process is not running."""

    zh = "公证服务未运行"
    en = "the notary is not running"


class LogForkedError(AuditError):
    """The stored log contradicts itself or a checkpoint that was signed; nothing more is sequenced."""

    zh = "日志与已签检查点或自身矛盾：{place}"
    en = "the log contradicts itself or a signed checkpoint: {place}"
    zh_next = "停止写入，导出并核验，从最后一个有效检查点对应的备份恢复"
    en_next = "stop writing, export and verify, restore the backup that holds the last good checkpoint"


class OriginMismatchError(AuditError):
    """The database holds the log of another origin."""

    zh = "数据库中的日志属于 `{found}`，不是 `{wanted}`"
    en = "the database holds the log of `{found}`, not `{wanted}`"
    zh_next = "改回原来的日志名，或换用新的数据目录"
    en_next = "set the origin back, or use a new data folder"


class LeaseLostError(AuditError):
    """Another sequencer holds the lease now; what this one had in hand was rolled back."""

    zh = "排序租约已被接管"
    en = "another sequencer holds the lease"


class NotInLogError(AuditError):
    """What was asked for is not in the log."""

    zh = "日志中没有 `{what}`"
    en = "the log has no `{what}`"


class ExportFolderError(AuditError):
    """The folder named for an export holds something else."""

    zh = "目录 `{folder}` 不是本日志的导出目录，也不为空"
    en = "folder `{folder}` is neither empty nor an export of this log"
    zh_next = "换一个空目录"
    en_next = "name an empty folder"


class MalformedKeyError(AuditError):
    """A verifier key is not in the form of a signed-note vkey."""

    zh = "验证公钥格式不对：`{key}`"
    en = "malformed verifier key: `{key}`"
    zh_next = "应为 名称+八位十六进制+Base64"
    en_next = "expected NAME+8 hexadecimal digits+base64"


class VerificationError(AuditError):
    """Something that should prove itself does not."""

    zh = "核验失败：{place}"
    en = "verification failed: {place}"


class MalformedNoteError(VerificationError):
    """Text is no signed note, checkpoint or proof."""

    zh = "`{place}` 格式不对：{found}"
    en = "`{place}` is malformed: {found}"


class UntrustedSignatureError(VerificationError):
    """No trusted key's signature verifies, or one that claims to does not."""

    zh = "`{place}` 没有 `{name}` 的有效签名"
    en = "`{place}` bears no valid signature of `{name}`"


class ProofInvalidError(VerificationError):
    """An inclusion or consistency proof does not lead to the root."""

    zh = "{place}不成立"
    en = "the {place} does not hold"


class ReceiptMismatchError(VerificationError):
    """A receipt is no receipt, or its decision is not the one that its entry records."""

    zh = "回执不成立：{place}"
    en = "the receipt does not hold: {place}"
    zh_next = "向出具方重新索取回执"
    en_next = "ask whoever gave it for the receipt anew"


class MissingPieceError(VerificationError):
    """A file that the checkpoint calls for is not there."""

    zh = "缺少 `{place}`（自条目 {index} 起）"
    en = "`{place}` is missing (from entry {index} on)"


class WrongLengthError(VerificationError):
    """A file is shorter or longer than the checkpoint calls for."""

    zh = "`{place}` 长度不对：{found} 字节（条目 {index} 起）"
    en = "`{place}` has the wrong length of {found} bytes (from entry {index} on)"


class StrayFileError(VerificationError):
    """A file stands in the tile folder that the checkpoint does not cover."""

    zh = "`{place}` 不在检查点范围内"
    en = "`{place}` is not covered by the checkpoint"


class ContentMismatchError(VerificationError):
    """A tile or an entry differs from what the tree says; `index` is the first entry concerned."""

    zh = "`{place}` 与树不符，首个不符条目为 {index}"
    en = "`{place}` does not match the tree; the first bad entry is {index}"


class RootMismatchError(VerificationError):
    """The tree's root is not the one in the checkpoint."""

    zh = "由全部 {size} 条目算出的根与检查点不符"
    en = "the root of all {size} entries is not the checkpoint's"
