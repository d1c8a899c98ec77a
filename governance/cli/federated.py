"""`mingjing federated train JOB.yaml`: a rehearsal of joint training, all partners on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, Terminal, at_home, terminal

if TYPE_CHECKING:
    from federated import Phase


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="联邦训练 / federated training", no_args_is_help=True)
    group.callback()(lambda: None)  # keeps the command's name even when it is the only one
    group.command("train", help="本机演练一次联邦训练 / rehearse a federated training on this machine")(train)
    app.add_typer(group, name="federated")


def train(
    job: Annotated[Path, typer.Argument(help="job file (YAML)", metavar="JOB.yaml")],
    *,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train the job's model; partners' updates are summed under masks and every phase is notarised."""
    from governance.journeys.train import rehearse  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)

    def progress(phase: "Phase") -> None:
        if phase.kind == "started":
            partners, features = len(phase.facts["partners"]), phase.facts["features"]
            shell.say(
                f"演练：{partners} 个参与方，{features} 个特征，更新只以掩码之和相加",
                f"rehearsal: {partners} partners, {features} features, updates are summed under masks only",
            )

    with at_home(shell) as house:
        found = rehearse(house, "owner", job, progress)
    shell.result(found, lambda: _text(shell, found))


def _text(shell: Terminal, found: dict[str, Any]) -> str:
    return "\n".join(_chinese(found) if shell.language == "zh" else _english(found))


def _amounts(found: dict[str, Any]) -> tuple[str, int, float]:
    """Give metrics as text, rows, and MiB sent by partners."""
    metrics = ", ".join(f"{name} {value:g}" for name, value in found["metrics"].items())
    return metrics, sum(partner["rows"] for partner in found["partners"]), found["bytes_up"] / 2**20


def _chinese(found: dict[str, Any]) -> list[str]:
    metrics, rows, mib = _amounts(found)
    work = f"{found['rounds']} 轮，{found['secure_sums']} 次安全求和，{rows} 行"
    return [
        f"模型 {found['model_digest']}（{found['status']}，演练）",
        f"指标 {metrics}（{'测试集' if found['evaluated_on'] == 'test' else '训练集'}）",
        f"{work}，上行 {mib:.1f} MiB，{found['seconds']:.1f} 秒",
        f"文件 {found['model_file']}",
        f"存证 {found['audit']['first_entry']} … {found['audit']['last_entry']}",
    ]


def _english(found: dict[str, Any]) -> list[str]:
    metrics, rows, mib = _amounts(found)
    work = f"{found['rounds']} rounds, {found['secure_sums']} secure sums, {rows} rows"
    return [
        f"model {found['model_digest']} ({found['status']}, rehearsal)",
        f"metrics {metrics} (on the {found['evaluated_on']} data)",
        f"{work}, {mib:.1f} MiB up, {found['seconds']:.1f} s",
        f"file {found['model_file']}",
        f"entries {found['audit']['first_entry']} … {found['audit']['last_entry']}",
    ]
