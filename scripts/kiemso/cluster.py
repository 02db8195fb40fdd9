"""A Dask cluster as the pool that steps and schools run in: workers that see the project's folder under its path."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from kiemso.message import Message, plural, said, say
from kiemso.problem import Problem, Refused
from kiemso.process import ProcessGone
from kiemso.project import WORKSPACE_FILE
from kiemso.sender import SAME_PROGRAM, Sender, differences, introduced
from kiemso.standing import shared_files
from kiemso.step import Step, digest
from kiemso.worker import do, end_tasks, of_workers

_ANSWER_SECONDS = 5  # that a scheduler may take to answer
_ALONE_SECONDS = 60  # that a run waits where no worker is left
_LAG_SECONDS = 60  # that a shared folder may take to show what another machine wrote
_LOOK_SECONDS = 5
_NOT_AS_THERE = say("is not here as it is on the machine that runs kiemso")


def open_cluster(project: Path, address: str, *modules: str) -> Cluster:
    """The cluster of this scheduler, whose workers import these modules ahead; the caller holds the project's lock.

    Refused where the scheduler does not answer, and where a worker, or all of them, cannot do what this machine would.
    """
    client, sender = _connected(address), introduced(project, modules)
    try:
        workers = client.nthreads()
        if not workers:
            mend = say("Start workers, and run again when they are there.")
            raise Refused(Problem(say("the scheduler {address} has no workers", address=address), mend))
        names = {worker: about["name"] for worker, about in client.scheduler_info()["workers"].items()}
        _refuse_differing(client.run(differences, sender, on_error="return"), names)
        return Cluster(client, address, sender, sum(workers.values()))
    except BaseException:
        client.close(timeout=_LOOK_SECONDS)
        sender.file.unlink(missing_ok=True)
        raise


class Cluster(Executor):
    """Does tasks such as `process.apart` on the workers; one whose worker is lost is done again by another."""

    def __init__(self, client: Any, address: str, sender: Sender, threads: int) -> None:
        self._client, self._address, self._sender, self._max_workers = client, address, sender, threads
        self._executor = client.get_executor(pure=False)
        self._under_way: set[Future] = set()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, task: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future:
        """Have a worker do it. The future raises what the task raises; Refused where the cluster fails it."""
        future: Future = Future()
        self._under_way.add(future)
        theirs = self._executor.submit(do, self._sender, task, *arguments)
        theirs.add_done_callback(partial(self._pass_on, future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster, when its tasks of ours have ended; `cancel_futures` ends them."""
        self._ended.set()
        running = any(not future.done() for future in list(self._under_way))
        # A scheduler that is gone cannot be told, and its workers end what they do without it.
        if self._client.status == "running":
            with suppress(OSError):
                self._executor.shutdown(wait=wait and not cancel_futures)
                if running and cancel_futures:
                    self._client.run(end_tasks, self._sender, on_error="ignore")
        self._client.close(timeout=_LOOK_SECONDS)
        self._sender.file.unlink(missing_ok=True)

    def _pass_on(self, future: Future, theirs: Future) -> None:
        self._under_way.discard(future)
        if future.done():
            return
        if theirs.cancelled():
            mend = say("What was finished is kept. See that the scheduler is there, and run again.")
            message = say("the connection to the scheduler {address} was lost", address=self._address)
            future.set_exception(Refused(Problem(message, mend)))
        elif error := theirs.exception():
            future.set_exception(_of_ours(error))
        else:
            future.set_result(theirs.result())

    def _watch(self) -> None:
        """Wait for no worker for ever."""
        seen = time.monotonic()
        while not self._ended.wait(_LOOK_SECONDS):
            with suppress(Exception):  # while the connection is lost there is nothing to ask
                if self._client.nthreads():
                    seen = time.monotonic()
            if time.monotonic() - seen > _ALONE_SECONDS:
                mend = say("What was finished is kept. Start workers, and run again.")
                message = say("the scheduler {address} has no workers any more", address=self._address)
                for future in list(self._under_way):
                    with suppress(Exception):  # it has just ended
                        future.set_exception(Refused(Problem(message, mend)))


def await_files(folder: Path, files: Mapping[str, str]) -> None:
    """Wait until the folder shows what a worker wrote, by digest; Refused names what it does not show in time."""
    _await(
        lambda: [name for name, content in files.items() if not _is(folder / name, content)],
        say("is not here as a worker wrote it"),
    )


def await_inputs(project: Path, step: Step, seen: Mapping[str, Any]) -> None:
    """Wait until this machine sees a step's inputs as who asked for it does; Refused names what it does not see."""

    def differing() -> list[str]:
        try:
            here = step.made_from(project)
        except (OSError, Refused):
            return [*step.inputs]
        found, expected = ({**one["inputs"], **one["entries"]} for one in (here, seen))
        names = [name for name in {**found, **expected} if found.get(name) != expected.get(name)]
        return names or ([] if here == seen else [step.notebook])

    _await(differing, _NOT_AS_THERE)


def await_shared(workspace: Path, seen: str) -> None:
    """Wait until this machine sees what schools share as who asks for a school does."""

    def differing() -> list[str]:
        with suppress(OSError):
            if shared_files(workspace) == seen:
                return []
        return [WORKSPACE_FILE]

    _await(differing, _NOT_AS_THERE)


def _await(differing: Callable[[], list[str]], message: Message) -> None:
    end = time.monotonic() + _LAG_SECONDS
    while names := differing():
        if time.monotonic() > end:
            mend = say("See whether this machine and the workers share the folder, then run again.")
            raise Refused(Problem(message, mend, name) for name in names)
        time.sleep(0.1)


def _is(path: Path, content: str) -> bool:
    try:
        return digest(path) == content
    except OSError:
        return False


def _connected(address: str) -> Any:
    try:
        import dask

        # What it logs is for who runs the cluster; a person is told what matters.
        dask.config.set(logging=dict.fromkeys(("distributed", "distributed.client", "tornado.application"), "critical"))
        from distributed import Client
    except ImportError:
        mend = say("Install it: pip install 'kiemso[cluster]'.")
        raise Refused(Problem(say("Dask is not installed, which --scheduler needs"), mend)) from None
    try:
        asyncio.run(_greet(address))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of other versions, which are refused below
            return Client(address, timeout=_ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # TypeError: tls without its certificates
        mend = say("Give the address that the scheduler told when it started, such as tcp://10.0.0.5:8786.")
        reason = _line(error) if f"{error}" else say("what is there is no Dask scheduler")
        message = say("the scheduler {address} does not answer: {reason}", address=address, reason=reason)
        raise Refused(Problem(message, mend)) from None


async def _greet(address: str) -> None:
    """Connect once: a client would wait for ever for a greeting, and hang at its end where the address is none."""
    from distributed.comm import connect
    from distributed.security import Security

    async with asyncio.timeout(2 * _ANSWER_SECONDS):
        security = Security().get_connection_args("client")
        connection = await connect(address, timeout=_ANSWER_SECONDS, **security)
        await connection.close()


def _refuse_differing(found: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """Refused with all in which workers differ from this machine, and which ones."""
    workers: dict[Problem, list[str]] = {}
    for address, problems in found.items():
        name = address if names.get(address, address) == address else f"{address} ({names[address]})"
        for problem in [_unable(problems)] if isinstance(problems, BaseException) else problems:
            workers.setdefault(problem, []).append(name)
    if workers:
        raise Refused(of_workers(problem, sorted(named)) for problem, named in workers.items())


def _unable(error: BaseException) -> Problem:
    return Problem(say("cannot do what it is asked: {reason}", reason=_line(error)), SAME_PROGRAM)


def _of_ours(error: BaseException) -> BaseException:
    """What a task raised; or, where Dask says that it could not be done, that."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        count = error.allowed_failures + 1
        return ProcessGone(
            plural("{count} worker ended while it did this", "{count} workers ended while they did this", count)
        )
    if isinstance(error, ImportError) or type(error).__module__.startswith(("distributed.", "dask.")):
        return Refused(Problem(say("the cluster could not do it: {reason}", reason=_line(error))))
    return error


def _line(error: BaseException) -> Message | str:
    """What an error says, in one line."""
    return said(error).strip().partition("\n")[0] or type(error).__name__
