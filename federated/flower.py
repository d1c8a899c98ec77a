"""The one door to Flower: ClientApp and ServerApp around our engines, and a Grid that runs them in process.

Training logic sees `Federation` and `Answerer` only. Flower's telemetry is switched off before its first import.
Private names used (and checked by the version assertion): `flwr.supercore.run.Run`.
"""

import os
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from federated.errors import FlowerVersionError, PartnerLostError, TooFewPartnersError
from federated.federation import Answerer, Question, Traffic
from federated.masks import KEY_BYTES, Masker, fingerprint, roster_digest
from federated.model import MIN_PARTNERS
from federated.ring import Signed, as_signed
from storage.errors import Said

os.environ["FLWR_TELEMETRY_ENABLED"] = "0"  # Flower reads it while it is imported
os.environ["FLWR_DISABLE_UPDATE_CHECK"] = "1"

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of libraries that Flower loads; ours stay errors in tests
    from flwr.app import (
        DEFAULT_TTL,
        Array,
        ArrayRecord,
        ConfigRecord,
        Context,
        Error,
        Message,
        Metadata,
        RecordDict,
    )
    from flwr.clientapp import ClientApp
    from flwr.serverapp import Grid, ServerApp
    from flwr.supercore.run import Run

WANTED = "1.41"
COORDINATOR = 0
ERROR_CODE = 1

Result = TypeVar("Result")
Entropy = Callable[[int], bytes]


def check_version(found: str) -> None:
    """Refuse a Flower of another minor release.

    Raises:
        FlowerVersionError: private names may have moved.
    """
    if not found.startswith(WANTED + "."):
        raise FlowerVersionError(found=found, wanted=WANTED + ".*")


def pack(question: Question) -> RecordDict:
    """Give a question as Flower's records."""
    arrays = ArrayRecord({name: Array(np.ascontiguousarray(array)) for name, array in question.arrays.items()})
    config = ConfigRecord({f"scalar.{name}": value for name, value in question.scalars.items()})
    config["step"] = question.step
    return RecordDict({"arrays": arrays, "config": config})


def unpack(content: RecordDict) -> Question:
    """Give the question back."""
    config = content.config_records["config"]
    prefix = "scalar."
    scalars: dict[str, Any] = {name[len(prefix) :]: value for name, value in config.items() if name.startswith(prefix)}
    arrays = {name: array.numpy() for name, array in content.array_records["arrays"].items()}
    return Question(str(config["step"]), scalars, arrays)


def client_app(partner: Answerer, masker: Masker | None) -> ClientApp:
    """Give a partner's app: it shows its key, learns the roster, and answers under masks.

    Args:
        partner: the rows, which stay with it.
        masker: this run's masks; None only in measurements against training in the clear.
    """
    app = ClientApp()

    @app.query("keys")
    def keys(message: Message, _: Context) -> Message:
        shown = ConfigRecord({"public_key": masker.public_key if masker else b""})
        return Message(RecordDict({"config": shown}), reply_to=message)

    @app.query("meet")
    def meet(message: Message, _: Context) -> Message:
        if masker:
            masker.meet({name: bytes(key) for name, key in message.content.config_records["roster"].items()})  # type: ignore[arg-type]  # the roster holds bytes
        return Message(RecordDict(), reply_to=message)

    def total(message: Message, _: Context) -> Message:
        number = int(message.metadata.group_id)
        vector = partner.answer(unpack(message.content))
        masked = masker.mask(vector, number) if masker else vector
        return Message(RecordDict({"vector": ArrayRecord([masked])}), reply_to=message)

    def tell(message: Message, _: Context) -> Message:
        partner.answer(unpack(message.content))
        return Message(RecordDict(), reply_to=message)

    app.train("total")(total)
    app.evaluate("total")(total)
    app.train("tell")(tell)
    return app


class LocalGrid(Grid):
    """Flower's Grid in one process: a pushed message is answered at once by the node's ClientApp."""

    def __init__(self, run_id: int, apps: Mapping[int, ClientApp], configs: Mapping[int, str]) -> None:
        """Take the nodes' apps and partner ids, by node id."""
        self._run = Run.create_empty(run_id)
        self._apps = dict(apps)
        self._contexts = {
            node: Context(run_id, node, {"partner": configs[node]}, RecordDict(), run_config={}) for node in apps
        }
        self._replies: dict[str, Message] = {}
        self._sent = 0

    def set_run(self, run: Run) -> None:
        """Set the run."""
        self._run = run

    @property
    def run(self) -> Run:
        """The run."""
        return self._run

    def create_message(
        self, content: RecordDict, message_type: str, dst_node_id: int, group_id: str, ttl: float | None = None
    ) -> Message:
        """Give a message to a node, numbered."""
        self._sent += 1
        metadata = Metadata(
            run_id=self._run.run_id,
            message_id=str(self._sent),
            src_node_id=COORDINATOR,
            dst_node_id=dst_node_id,
            reply_to_message_id="",
            group_id=group_id,
            created_at=time.time(),
            ttl=ttl or DEFAULT_TTL,
            message_type=message_type,
        )
        # The public forms ask process globals for run and node, which one process with many nodes has not.
        message: Message = Message(content, metadata=metadata)  # type: ignore[call-overload]  # see above
        return message

    def get_node_ids(self) -> Iterable[int]:
        """Give all nodes."""
        return list(self._apps)

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Let each node answer; a node that fails answers with the failure's class, never its text."""
        pushed = []
        for message in messages:
            node = message.metadata.dst_node_id
            try:
                reply = self._apps[node](message, self._contexts[node])
            except Exception as error:  # noqa: BLE001 -- any failure of a partner is a lost partner, not a crash here
                reply = Message(Error(ERROR_CODE, type(error).__name__), reply_to=message)
            self._replies[message.metadata.message_id] = reply
            pushed.append(message.metadata.message_id)
        return pushed

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """Give the replies, once."""
        return [self._replies.pop(one) for one in message_ids if one in self._replies]

    def send_and_receive(self, messages: Iterable[Message], *, timeout: float | None = None) -> Iterable[Message]:
        """Push and pull; nothing waits, so `timeout` has no use."""
        del timeout
        return self.pull_messages(self.push_messages(messages))


class GridFederation:
    """A federation over any Flower Grid: sums masked vectors in the ring, and never holds an unmasked one."""

    def __init__(self, grid: Grid, roster: Mapping[int, str], *, masked: bool) -> None:
        """Take the grid and the approved nodes; others on the grid are not asked."""
        self._grid = grid
        self._roster = dict(roster)
        self._number = 0
        self.traffic = Traffic(0, dict.fromkeys(roster.values(), 0), 0)
        self.fingerprints: dict[str, str] = {}
        self.roster_digest = ""
        if masked:
            self._introduce()

    def _introduce(self) -> None:
        """Let all partners learn each other's keys of this run."""
        replies = self._send("query.keys", RecordDict())
        keys: dict[str, bytes] = {
            name: bytes(reply.content.config_records["config"]["public_key"])  # type: ignore[arg-type]  # bytes
            for name, reply in replies.items()
        }
        self._send("query.meet", RecordDict({"roster": ConfigRecord(dict(keys))}))
        self.fingerprints = {name: fingerprint(key) for name, key in keys.items()}
        self.roster_digest = roster_digest(keys)

    def total(self, question: Question) -> Signed:
        """Give the sum; masks cancel in it.

        Raises:
            PartnerLostError: a partner failed; the others' masks can't be taken off without it.
        """
        category = "evaluate" if question.step in {"scores", "groups"} else "train"
        replies = self._send(f"{category}.total", pack(question), question.step)
        self.traffic.sums += 1
        vectors = [reply.content.array_records["vector"].to_numpy_ndarrays()[0] for reply in replies.values()]
        summed: NDArray[np.uint64] = np.zeros_like(vectors[0])
        for vector in vectors:
            summed = summed + vector
        return as_signed(summed)

    def tell(self, question: Question) -> None:
        """Tell all partners."""
        self._send("train.tell", pack(question), question.step)

    def _send(self, kind: str, content: RecordDict, step: str = "") -> dict[str, Message]:
        self._number += 1
        messages = [self._grid.create_message(content, kind, node, str(self._number)) for node in self._roster]
        self.traffic.down += _size(content) * len(messages)
        replies = {self._roster[one.metadata.src_node_id]: one for one in self._grid.send_and_receive(messages)}
        for name in self._roster.values():
            reply = replies.get(name)
            if reply is None or reply.has_error():
                reason = _lost(reply)
                raise PartnerLostError(partner=name, round=self._number, step=step or kind, reason=reason)
            self.traffic.up[name] += _size(reply.content)
        return replies


def _size(content: RecordDict) -> int:
    arrays = sum(record.count_bytes() for record in content.array_records.values())
    return arrays + sum(record.count_bytes() for record in content.config_records.values())


def run_in_process(
    run: str,
    partners: Mapping[str, Answerer],
    entropy: Entropy,
    coordinate: Callable[[GridFederation], Result],
    *,
    masked: bool = True,
    grid_type: type[LocalGrid] = LocalGrid,
) -> Result:
    """Run a job as ServerApp and ClientApps in this process.

    Args:
        run: the run's id, bound into every mask.
        partners: by id.
        entropy: gives n random bytes, for the partners' keys of this run.
        coordinate: the coordinator's work.
        masked: False only in measurements; no job can ask for it.
        grid_type: the grid, replaced by tests that watch it.

    Raises:
        TooFewPartnersError: fewer than three.
        FlowerVersionError: another Flower is installed.
    """
    check_version(version("flwr"))
    if len(partners) < MIN_PARTNERS:
        raise TooFewPartnersError(found=len(partners), least=MIN_PARTNERS)
    roster = dict(enumerate(partners, start=1))
    apps = {
        node: client_app(partners[name], Masker(name, run, entropy(KEY_BYTES)) if masked else None)
        for node, name in roster.items()
    }
    results: list[Result] = []
    server = ServerApp()

    @server.main()
    def main(grid: Grid, _: Context) -> None:
        results.append(coordinate(GridFederation(grid, roster, masked=masked)))

    run_id = int.from_bytes(run.encode()[-7:], "big")
    grid = grid_type(run_id, apps, roster)
    server(grid, Context(run_id, COORDINATOR, {}, RecordDict(), run_config={}))
    return results[0]


def _lost(reply: Message | None) -> Said:
    # Flower's own words are English and may name a path.
    return Said("未应答", "no answer") if reply is None else Said("应答有误", "its answer is an error")
