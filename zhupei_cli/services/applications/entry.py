"""Whether applications are taken now."""

from zhupei_cli.acting import Acting
from zhupei_cli.model import Batch
from zhupei_cli.rules.batch.times import show_time
from zhupei_cli.words.errors import ZhupeiError
from zhupei_cli.words.vocabulary import BATCH_STATUS, BatchStatus


def require_entry(batch: Batch, by: Acting, *, late: bool) -> None:
    """Raise E450 unless the batch is open and now is inside its dates; `late` also takes a closed one."""
    if batch.status == BatchStatus.OPEN and batch.apply_from <= by.at <= batch.apply_until:
        return
    if late and batch.status in (BatchStatus.OPEN, BatchStatus.CLOSED):
        return
    dates = f"，报名时间为 {show_time(batch.apply_from)} 至 {show_time(batch.apply_until)}"
    about = BATCH_STATUS.label(batch.status) + (dates if batch.status == BatchStatus.OPEN else "")
    if late or batch.status not in (BatchStatus.OPEN, BatchStatus.CLOSED):
        cure = "报名开始以后、锁定以前才能报名和补录入"
    else:
        cure = "报名要在批次开放且在报名时间内；确需补录入用 --late --reason 原因"
    raise ZhupeiError("E450", batch=batch.code, status=about, cure=cure)
