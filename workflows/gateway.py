"""The only hands that touch an activation."""

from __future__ import annotations

from typing import Any

from viewflow.workflow.status import STATUS

from journal.moves import Actor, Record
from workflows.models import Obligation, Procedure

OPEN = (STATUS.NEW, STATUS.ASSIGNED)


def start(node: Any, record: Record) -> None:
    """Open the procedure of a record by the start of its flow."""
    node.run(record=record)


def finish(node: Any, record: Record, *, by: Actor) -> None:
    """Complete the open obligation of that node; the thread is already held, so the flow's lock is free.

    The gates read the record that is given, which has just moved.

    Raises `Obligation.DoesNotExist` when the node is not the open one: the move is then undone with it.
    """
    task = (
        Obligation.objects.open_about(record)
        .select_related("process")
        .select_for_update(of=("self", "process"))
        .get(flow_task=node)
    )
    task.process.record = record
    activation = node.activation_class(task)
    if node.task_type == "HUMAN":
        task.status, task.owner_id = STATUS.ASSIGNED, by.user_id
        activation.start(None)
    else:
        activation.run(None)
    activation.execute()


def open_node(record: Record) -> Any:
    """The node of the one open obligation of a record. Raises `Obligation.DoesNotExist`."""
    return Obligation.objects.open_about(record).get().flow_task


def stop(record: Record) -> None:
    """Cancel the procedure of a record that ends on the way (withdrawn, inadmissible, granted by silence, void)."""
    for procedure in Procedure.objects.filter(**Procedure.about(record), status=STATUS.NEW):
        procedure.flow_class.instance.cancel(procedure)
