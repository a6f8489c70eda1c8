"""What the tick makes up for in this room: it starts again from rows, never from tasks that a dead worker left."""

from datetime import datetime, timedelta

from django_tasks_db.models import DBTaskResult

from journal.ticks import each_tick
from letters import digests, outbox, pdfs, scans, sending
from letters.actions import presume_receipts

TASKS_KEPT = timedelta(days=14)  # long enough to look into what failed


def forget_finished_tasks(at: datetime) -> int:
    """Delete the rows of background work that ended more than fourteen days ago; returns how many."""
    return DBTaskResult.objects.finished().filter(finished_at__lte=at - TASKS_KEPT).delete()[0]


each_tick("mailings")(sending.send_mailings)
each_tick("digests")(digests.gather)  # before the mails, so that what is gathered leaves at the same passage
each_tick("mails")(outbox.flush)
each_tick("letter_pdfs")(pdfs.make_waiting)
each_tick("scans")(scans.scan_waiting)
each_tick("presumed_receipts")(presume_receipts)
each_tick("finished_tasks")(forget_finished_tasks)
