"""Reading a training job (interface 3.5): every problem is found in one go and named by its line.

Relative paths are relative to the job file. Refused here, before any data is read: fewer than three partners, a kind
of model or a privacy setting this release can't honour.
"""

import hashlib
from pathlib import Path

from federated.document import Fields, Problems, Value, parse
from federated.errors import JobInvalidError, Problem
from federated.model import (
    MIN_PARTNERS,
    MIN_ROWS,
    BoostingSettings,
    Job,
    Kind,
    LinearSettings,
    ModelSpec,
    PartnerSpec,
    Task,
)
from storage.columns import canonical_json

KEYS = (
    "job", "purpose", "task", "label", "features", "fields", "model", "privacy", "partners", "evaluate", "protected",
    "seed",
)  # fmt: skip
BOOSTING_KEYS = (
    "kind", "trees", "depth", "learning_rate", "bins", "lambda", "gamma", "min_child_weight", "min_rows",
)  # fmt: skip
LINEAR_KEYS = ("kind", "clip", "l2", "iterations")
KINDS = ("gbdt", "logistic", "linear")
LATER_KINDS = ("fedavg_mlp", "xgb_bagging")
MOST_TREES = 5000
MOST_DEPTH = 10
MOST_BINS = 1024
MOST_CLIP = 100.0
MOST_NAME = 200
MOST_ID = 64


def read_job(path: Path) -> Job:
    """Read and check a job file.

    Raises:
        JobInvalidError: the file can't be read, or anything in it is wrong; all problems are listed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem("文件", "file", "无法读取（UTF-8 文本）", "it can't be read as UTF-8 text")
        raise JobInvalidError(path=path, problems=[problem]) from error
    return parse_job(text, path)


def parse_job(text: str, path: Path) -> Job:
    """Check a job's text; `path` is where it stands, for relative paths and for the error's sentence.

    Raises:
        JobInvalidError: anything in it is wrong; all problems are listed.
    """
    value, problems = parse(text)
    if value is None:
        raise JobInvalidError(path=path, problems=problems.found)
    job = _job(Fields(value, "", problems, KEYS), value, path.parent)
    if problems.found:
        raise JobInvalidError(path=path, problems=problems.found)
    return job


def _job(fields: Fields, value: Value, folder: Path) -> Job:
    task: Task = "regression" if fields.choice("task", ("binary", "regression")) == "regression" else "binary"
    label = fields.text("label")
    protected = fields.names("protected")
    if label in protected:
        fields.problems.add("protected", "标签不能同时是受保护属性", "the label can't be a protected column")
    if protected and task == "regression":
        zh = "公平性差距只对 binary 任务有定义"
        fields.problems.add("protected", zh, "fairness gaps are defined for binary tasks only")
    _check_privacy(fields)
    return Job(
        name=fields.text("job", MOST_NAME),
        purpose=fields.text("purpose", MOST_ID),
        task=task,
        label=label,
        features=_features(fields, label),
        model=_model(fields, task),
        partners=_partners(fields, folder),
        evaluate=_evaluate(fields, folder),
        protected=protected,
        seed=fields.whole("seed", 0, 0, 2**63 - 1),
        spec_digest=_spec_digest(value),
    )


def _spec_digest(value: Value) -> str:
    """Give the digest of what was asked for; a document JSON can't express (a date, NaN) is digested as its repr."""
    try:
        text = canonical_json(value)
    except (TypeError, ValueError):
        text = repr(value)
    return hashlib.sha256(text.encode()).hexdigest()


def _features(fields: Fields, label: str) -> tuple[str, ...] | None:
    """Give the listed features, the keys of `fields`, or None for all."""
    if fields.has("fields"):
        names = _governed_fields(fields)
    elif fields.raw("features") in (None, "all"):
        return None
    else:
        names = fields.names("features")
        if not names:
            fields.problems.add("features", "写 all 或列出列名", "write all, or list the columns")
    if label in names:
        fields.problems.add("features", "标签不能作为特征", "the label can't be a feature")
    return names


def _governed_fields(fields: Fields) -> tuple[str, ...]:
    declared = fields.raw("fields")
    if not isinstance(declared, dict) or not declared:
        fields.problems.add("fields", "应为列名到 {category, tier} 的映射", "map column names to {category, tier}")
        return ()
    for name, facts in declared.items():
        inner = Fields(facts, f"fields.{name}", fields.problems, ("category", "tier"))
        inner.text("category")
        inner.whole("tier", 1, 1, 5)
    names = tuple(str(name) for name in declared)
    listed = fields.raw("features")
    if listed in (None, "all"):
        return names
    chosen = fields.names("features")
    for name in chosen:
        if name not in names:
            fields.problems.add("features", f"`{name}` 未在 fields 中声明", f"`{name}` is not declared in fields")
    return chosen


def _model(fields: Fields, task: Task) -> ModelSpec:
    given = fields.raw("model")
    kind = given.get("kind") if isinstance(given, dict) else None
    if not isinstance(given, dict) or kind not in KINDS:
        _refuse_kind(fields.problems, kind)
        return ModelSpec("gbdt")
    if (kind == "logistic" and task != "binary") or (kind == "linear" and task != "regression"):
        zh, en = f"`{kind}` 不适用于任务 `{task}`", f"`{kind}` does not fit task `{task}`"
        fields.problems.add("model.kind", zh, en)
    if kind == "gbdt":
        return ModelSpec("gbdt", boosting=_boosting(Fields(given, "model", fields.problems, BOOSTING_KEYS)))
    chosen: Kind = "logistic" if kind == "logistic" else "linear"
    return ModelSpec(chosen, linear=_linear(Fields(given, "model", fields.problems, LINEAR_KEYS)))


def _refuse_kind(problems: Problems, kind: Value) -> None:
    shown = " | ".join(KINDS)
    if kind in LATER_KINDS:
        zh, en = f"`{kind}` 本版本尚不提供，可选：{shown}", f"`{kind}` is not available in this release; choose {shown}"
    elif kind is None:
        zh, en = f"缺少；可选：{shown}", f"missing; choose {shown}"
    else:
        zh, en = f"未知的模型类型 `{kind}`，可选：{shown}", f"unknown model kind `{kind}`; choose {shown}"
    problems.add("model.kind", zh, en)


def _boosting(model: Fields) -> BoostingSettings:
    plain = BoostingSettings()
    not_negative = ("应为不小于 0 的数", "a number not below 0 is needed")
    rate = ("应在 0（不含）与 1 之间", "a number above 0 and at most 1 is needed")
    return BoostingSettings(
        trees=model.whole("trees", plain.trees, 1, MOST_TREES),
        depth=model.whole("depth", plain.depth, 1, MOST_DEPTH),
        learning_rate=model.number("learning_rate", plain.learning_rate, lambda x: 0 < x <= 1, *rate),
        bins=model.whole("bins", plain.bins, 2, MOST_BINS),
        reg_lambda=model.number("lambda", plain.reg_lambda, lambda x: x >= 0, *not_negative),
        gamma=model.number("gamma", plain.gamma, lambda x: x >= 0, *not_negative),
        min_child_weight=model.number("min_child_weight", plain.min_child_weight, lambda x: x >= 0, *not_negative),
        min_rows=model.whole("min_rows", plain.min_rows, MIN_ROWS, 10**9),
    )


def _linear(model: Fields) -> LinearSettings:
    plain = LinearSettings()
    bound = (f"应在 0（不含）与 {MOST_CLIP:g} 之间", f"a number above 0 and at most {MOST_CLIP:g} is needed")
    return LinearSettings(
        clip=model.number("clip", plain.clip, lambda x: 0 < x <= MOST_CLIP, *bound),
        l2=model.number("l2", plain.l2, lambda x: x >= 0, "应为不小于 0 的数", "a number not below 0 is needed"),
        iterations=model.whole("iterations", plain.iterations, 2, 1000),
    )


def _check_privacy(fields: Fields) -> None:
    """Refuse what would be less private than promised: sums in the clear, or noise that is not there."""
    if not fields.has("privacy"):
        return
    privacy = Fields(fields.raw("privacy"), "privacy", fields.problems, ("secure_aggregation", "dp"))
    if not privacy.flag("secure_aggregation", default=True):
        zh = "不能关闭：各方更新只能以掩码之和离开本地"
        fields.problems.add("privacy.secure_aggregation", zh, "can't be false: updates leave a partner only masked")
    if privacy.has("dp"):
        zh, en = (
            "本版本尚不提供差分隐私，请设为 null",
            "differential privacy is not available in this release; set null",
        )
        fields.problems.add("privacy.dp", zh, en)


def _partners(fields: Fields, folder: Path) -> tuple[PartnerSpec, ...]:
    given = fields.raw("partners")
    if not isinstance(given, list):
        fields.problems.add("partners", "应为参与方列表", "a list of partners is needed")
        return ()
    partners = []
    seen: set[str] = set()
    for place, value in enumerate(given):
        partner = Fields(value, f"partners[{place}]", fields.problems, ("id", "data"))
        name, data = partner.text("id", MOST_ID), partner.text("data")
        if name and name in seen:
            fields.problems.add(partner.at("id"), f"参与方 `{name}` 重复", f"partner `{name}` occurs twice")
        seen.add(name)
        partners.append(PartnerSpec(name, folder / data))
    if len(given) < MIN_PARTNERS:
        zh = f"有 {len(given)} 个参与方，安全聚合至少需要 {MIN_PARTNERS} 个"
        en = f"{len(given)} partner(s) take part, secure aggregation needs at least {MIN_PARTNERS}"
        fields.problems.add("partners", zh, en)
    return tuple(partners)


def _evaluate(fields: Fields, folder: Path) -> Path | None:
    if not fields.has("evaluate"):
        return None
    return folder / Fields(fields.raw("evaluate"), "evaluate", fields.problems, ("data",)).text("data")
