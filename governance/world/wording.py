"""Every sentence that `read_world` can say, with its remedy, in Chinese and English."""

from typing import NamedTuple

from governance.world.errors import WorldFault


class Saying(NamedTuple):
    """A fault's sentence and remedy; both languages have the same placeholders."""

    zh: str
    en: str
    zh_next: str = ""
    en_next: str = ""

    def fault(self, line: int, path: str, **values: object) -> WorldFault:
        """Give the fault at a place."""
        return WorldFault(line, path, *(part.format(**values) for part in self))


NO_FILE = Saying("找不到文件", "there is no such file", "检查路径", "check the path")
UNREADABLE = Saying("无法读取文件", "the file can't be read", "检查权限", "check its permissions")
EMPTY = Saying("文件是空的", "the file is empty", "至少写 `world: 名称`", "write at least `world: NAME`")
TOO_LARGE = Saying(
    "文件大于 {most} MiB",
    "the file is larger than {most} MiB",
    "数据应放在数据源与同意文件中",
    "data belongs into sources and the consent file",
)
NOT_UTF8 = Saying("不是 UTF-8 编码", "it is not UTF-8", "另存为 UTF-8", "save it as UTF-8")
SYNTAX = Saying(
    "YAML 语法错误：{problem}",
    "YAML syntax: {problem}",
    "检查该行及其上一行的缩进、引号与括号",
    "check indentation, quotes and brackets on this line and the one above",
)
CHARACTER = Saying(
    "含有 YAML 不允许的字符", "it holds a character that YAML forbids", "删除控制字符", "remove control characters"
)
NO_MAPPING = Saying(
    "顶层必须是键值映射", "the top must be a mapping", "写成 `world: 名称` 等键", "write keys such as `world: NAME`"
)
TOO_DEEP = Saying("嵌套超过 {most} 层", "it nests deeper than {most} levels", "减少嵌套", "nest less")
TOO_MANY_ALIASES = Saying(
    "别名超过 {most} 处", "it holds more than {most} aliases", "直接写出内容", "write the content out"
)
TOO_MANY_NODES = Saying(
    "展开后超过 {most} 个节点",
    "it expands to more than {most} nodes",
    "直接写出内容，少用别名",
    "write the content out instead of using aliases",
)
SELF_ALIAS = Saying("别名指向自身", "an alias contains itself", "去掉该别名", "remove the alias")
TAG = Saying("不接受标签 `{tag}`", "tag `{tag}` is not accepted", "去掉该标签", "remove the tag")

KEY_TWICE = Saying(
    "键 `{key}` 重复，首次在第 {first} 行",
    "key `{key}` stands twice, first on line {first}",
    "只保留一处",
    "keep one of them",
)
KEY_NO_TEXT = Saying("键必须是文本", "a key must be text", "用引号写出该键", "write the key in quotes")
KEY_UNKNOWN = Saying("未知的键 `{key}`", "unknown key `{key}`", "可用的键：{known}", "known keys: {known}")
KEY_NEAR = Saying("未知的键 `{key}`", "unknown key `{key}`", "是否想写 `{near}`？", "did you mean `{near}`?")
MISSING = Saying("缺少 `{key}`", "`{key}` is missing", "补上 `{key}`", "add `{key}`")
WANT_TEXT = Saying("应为文本", "text is needed", "写成加引号的文本", "write text in quotes")
WANT_LIST = Saying(
    "应为列表", "a list is needed", "写成 `[a, b]` 或以 `-` 开头的多行", "write `[a, b]` or lines that begin with `-`"
)
WANT_MAPPING = Saying("应为键值映射", "a mapping is needed", "写成 `{{键: 值}}`", "write `{{key: value}}`")
WANT_FLAG = Saying("应为 true 或 false", "true or false is needed", "写 true 或 false", "write true or false")
WANT_COUNT = Saying(
    "应为 {least} 到 {most} 的整数",
    "a whole number from {least} to {most} is needed",
    "改为整数",
    "write a whole number",
)
WANT_TITLE = Saying(
    "应为文本或 `{{zh, en}}`", "text or `{{zh, en}}` is needed", "写成 `{{zh: …, en: …}}`", "write `{{zh: …, en: …}}`"
)
TOO_LONG = Saying("长于 {most} 个字符", "it is longer than {most} characters", "缩短", "shorten it")
NOT_ID = Saying(
    "`{value}` 不能作标识",
    "`{value}` can't be an id",
    "只用字母、数字、`_`、`-`，以字母开头，最多 64 个字符",
    "use letters, digits, `_` and `-`, begin with a letter, at most 64 characters",
)
NOT_DATASET = Saying(
    "`{value}` 不是数据集标识", "`{value}` is no dataset id", "写成 `数据源.表`", "write `source.table`"
)
NOT_TIME = Saying(
    "不是 ISO 8601 时间",
    "it is not an ISO 8601 instant",
    "例如 2026-12-31T00:00:00+08:00",
    "write, say, 2026-12-31T00:00:00+08:00",
)
NO_ZONE = Saying(
    "时间没有时区", "the instant has no zone", "补上时区，例如 +08:00 或 Z", "add a zone such as +08:00 or Z"
)
NOT_ONE_OF = Saying("`{value}` 不是可用的值", "`{value}` is not a known value", "可用：{known}", "use one of {known}")

ID_TWICE = Saying(
    "标识 `{id}` 重复，首次在第 {first} 行",
    "id `{id}` stands twice, first on line {first}",
    "换一个标识或删去一处",
    "use another id or remove one of them",
)
UNKNOWN = Saying("没有名为 `{value}` 的{kind_zh}", "there is no {kind_en} `{value}`", "{near_zh}", "{near_en}")
FORM = Saying(
    "字段形式 `{value}` 无法识别",
    "field form `{value}` can't be read",
    "可用：raw、mask:…、generalise:…、token、aggregate、deny",
    "use raw, mask:…, generalise:…, token, aggregate or deny",
)
EMPTY_FIELDS = Saying(
    "至少要授权一个字段", "a grant needs at least one field", "写出字段及其形式", "name fields and their forms"
)
EMPTY_DECISION = Saying(
    "没有给出 category 或 tier",
    "it states neither category nor tier",
    "写出 category 与 tier，或删去该字段",
    "state category and tier, or leave the field out",
)
ONE_HOLDER = Saying(
    "须且只须写 role 或 person 之一", "exactly one of role and person is needed", "保留其一", "keep one of them"
)
CONSENT_NONE = Saying(
    "依据为 consent 的用途须写明同意种类",
    "a purpose that rests on consent needs a kind of consent",
    "写 general、separate、written 或 guardian",
    "write general, separate, written or guardian",
)
FILE_MISSING = Saying(
    "找不到 `{value}`",
    "there is no `{value}`",
    "相对路径从世界文件所在目录算起",
    "relative paths count from the world file's folder",
)
SCHEME = Saying(
    "数据源地址的类型不受支持",
    "the source's address is of no supported kind",
    "可用：文件或目录路径、sqlite:///、duckdb:///、postgresql://、mysql://",
    "use a path, sqlite:///, duckdb:///, postgresql:// or mysql://",
)
SECRET = Saying(
    "地址中写有明文口令",
    "the address holds a password in clear",
    "改用 `${{环境变量}}` 或 `${{file:路径}}`",
    "use `${{ENV_NAME}}` or `${{file:PATH}}` instead",
)
REFERENCE_UNSET = Saying(
    "引用 `{value}` 没有值",
    "reference `{value}` has no value",
    "设置该环境变量，或放好该文件",
    "set that environment variable, or put that file in place",
)
REFERENCE_FORM = Saying(
    "引用写法有误",
    "a reference is ill-formed",
    "写成 `${{NAME}}` 或 `${{file:路径}}`",
    "write `${{NAME}}` or `${{file:PATH}}`",
)
CLOCK = Saying(
    "不接受固定时钟",
    "a fixed clock is not accepted",
    "删去 `clock`，或加上 `--allow-fixed-clock`",
    "remove `clock`, or pass `--allow-fixed-clock`",
)
