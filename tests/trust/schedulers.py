"""Two schedulers at once, and kill -9 in the middle of a sending: no reminder goes out twice."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from survey import create_app
from survey.accounts.models import Language
from survey.db import now
from survey.fieldwork.cases import NewOrganisation, open_cases
from survey.fieldwork.contact_models import Message
from survey.fieldwork.models import Case, Person
from survey.instrument.codes import MessageKind, MessageStatus
from tests.mail_server import Post, post
from tests.trust.house import house
from tests.trust.table import Fault

#: Cases that wait for a reminder in each run.
CASES = 3
#: One run in so many has a scheduler killed.
KILLED = 10
LONG_AGO = dt.timedelta(days=60)


class Scheduler:
    """A process that runs `recension remind` each time it is told, on the database and mail server of the others."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", "from tests.trust import schedulers; schedulers.work()"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, env=self.environment, text=True, bufsize=1, **pipes)  # type: ignore[call-overload]
        self.told()

    def told(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def remind(self) -> str:
        """Its exit status; nothing when it was killed."""
        assert self.process.stdin
        self.process.stdin.write("go\n")
        return self.told()

    def revive(self) -> None:
        self.close()
        self.start()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        if self.process.poll() is None:
            self.process.wait()


def work() -> None:
    """What a scheduler does: wait for a word, run the command, say how it ended."""
    app = create_app()
    print("ready", flush=True)
    for _word in sys.stdin:
        print(app.test_cli_runner().invoke(args=["remind"]).exit_code, flush=True)


def environment(app: Flask, smtp: Post) -> dict[str, str]:
    """What a scheduler is started with."""
    return dict(os.environ) | {
        "RECENSION_INSTANCE": app.instance_path,
        "RECENSION_DATABASE_URL": app.config["DATABASE_URL"],
        "RECENSION_MAIL_HOST": "127.0.0.1",
        "RECENSION_MAIL_PORT": str(smtp.port),
        "RECENSION_MAIL_TLS": "none",
        "RECENSION_MAIL_FROM": "equipe@exemple.test",
    }


def wait_for_a_reminder(session: Session, n: int) -> None:
    """Cases that were written to long ago, and nobody answered."""
    names = [f"Organisme fictif {n}-{one}" for one in range(CASES)]
    ids = open_cases(session, [NewOrganisation(name) for name in names], None)
    for case in session.scalars(sa.select(Case).where(Case.organisation_id.in_(ids))):
        person = Person(organisation_id=case.organisation_id, name="Personne", email=f"p{case.id}@exemple.test")
        session.add(person)
        session.flush()
        session.add(
            Message(
                case_id=case.id,
                person_id=person.id,
                kind=MessageKind.FIRST_CONTACT,
                step=1,
                language=Language.FRENCH,
                recipient="x@exemple.test",
                subject="Bonjour",
                body="…",
                status=MessageStatus.SENT,
                made_at=now() - LONG_AGO,
                due_at=now() - LONG_AGO,
                sent_at=now() - LONG_AGO,
            )
        )
    session.commit()


def together(kind: str, times: int, seed: int = 1) -> Fault:
    """So many runs of two schedulers at once; in one of ten both are killed somewhere, and another follows."""
    with house(kind, start=False) as of_house, post() as smtp:
        return raced(of_house.app, smtp, Fault("two schedulers at once", kind, times), seed)


def raced(app: Flask, smtp: Post, fault: Fault, seed: int = 1) -> Fault:
    """The same on a database and a mail server that are there."""
    chance, kills = random.Random(seed), 0
    two = [Scheduler(environment(app, smtp)) for _ in range(2)]
    engine = app.extensions["db"]["engine"]
    with ThreadPoolExecutor(2) as pool:
        for n in range(fault.runs):
            with Session(engine) as session:
                wait_for_a_reminder(session, n)
            dying = n % KILLED == KILLED - 1
            if dying:
                kills += 1
                smtp.before_taking = both_die(two, chance.randrange(CASES))
            ended = [one.result() for one in [pool.submit(scheduler.remind) for scheduler in two]]
            smtp.before_taking = lambda: None
            if dying:
                for scheduler in two:
                    scheduler.revive()
                two[0].remind()
            elif ended != ["0", "0"]:
                fault.wrong.append(f"run {n}: the commands ended with {ended}")
    for scheduler in two:
        scheduler.kill()
        scheduler.close()
    return judged(engine, smtp, fault, kills)


def both_die(two: list[Scheduler], after: int) -> Callable[[], None]:
    """What kills them both once so many messages were given, when the next is whole and not acknowledged."""
    left = [after]

    def strike() -> None:
        if left[0] == 0:
            for scheduler in two:
                scheduler.kill()
        left[0] -= 1

    return strike


def judged(engine: sa.Engine, smtp: Post, fault: Fault, kills: int) -> Fault:
    """Compare what the mail server has with what the database says."""
    time.sleep(0.1)  # the server may still be writing down what a killed one gave
    given = Counter(mail["Message-ID"] for mail in smtp.messages())
    with Session(engine) as session:
        reminders = session.scalars(sa.select(Message).where(Message.kind == MessageKind.REMINDER)).all()
    stand = Counter(message.status for message in reminders)
    fault.acknowledged = stand[MessageStatus.SENT]
    fault.doubled = sum(n - 1 for n in given.values())
    fault.lost = max(0, stand[MessageStatus.SENT] - len(given))
    if len(reminders) != CASES * fault.runs:
        fault.wrong.append(f"{len(reminders)} reminders were written for {CASES * fault.runs} cases")
    if left := set(stand) - {MessageStatus.SENT, MessageStatus.SENDING}:
        fault.wrong.append(f"some stand at {left}")
    fault.remark = f"{kills} kills in mid-send, {stand[MessageStatus.SENDING]} said to be perhaps gone"
    return fault
