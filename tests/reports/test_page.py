"""The page of a province: small enough to mail, the same for the same figures."""

from dataclasses import replace
from datetime import UTC, date, datetime

from zhupei_cli.reports import page, sections, workbook
from zhupei_cli.reports.values import (
    Anomaly,
    Band,
    Cutoff,
    ExamLoad,
    Figure,
    FunnelStage,
    Group,
    Head,
    LiveBatch,
    Pace,
    PaceLine,
    Placed,
    Report,
    Share,
    SiteLoad,
    Supply,
    Waiting,
)

_AT = datetime(2026, 6, 20, 18, 0, tzinfo=UTC)


def _supply(number: int) -> Supply:
    label = f"某某市第{number}人民医院（某某大学附属医院）"
    return Supply(f"{4101000 + number}", label, number < 5, 500, 1200, 700, 500, 600, 480, 20)


def province(bases: int) -> Report:
    """Return the report of a province with so many bases."""
    supplies = [_supply(number) for number in range(bases)]
    schools = [Share(f"某某医科大学第{number}学院", 100, 90, 80) for number in range(400)]
    return Report(
        head=Head("HN2026", "2026年招收", "公示中", _AT, "存证：第 7 号 0123456789abcdef", date(2026, 6, 19)),
        figures=[Figure("submitted", "提交", 98000, 97000)],
        funnel=[FunnelStage("registered", "注册", 100000), FunnelStage("submitted", "提交", 98000)],
        pace=Pace(2025, "HN2025", _AT, _AT, "", [PaceLine("合计", 98000, 90000, 95000)]),
        batches=[LiveBatch("HN2026", "2026年招收", "公示中", _AT, 98000, 0, 90000, 80000)],
        exam=ExamLoad([SiteLoad("1", "郑州第一中学", 30, 900, 880)], 20),
        days=[(date(2026, 6, day), day * 100) for day in range(1, 31)],
        bases=supplies,
        specialties=supplies[:37],
        groups=[Group("schools", "毕业院校", schools)],
        bands=[Band(str(number), {"笔试": 900, "技能": 800}) for number in range(10)],
        backlog=[Waiting(one.code, one.label, 80, _AT, 9) for one in supplies],
        anomalies=[],
        placed=[Placed("choice1", "第一志愿", 70000)],
        cutoffs=[
            Cutoff(one.code, one.label, str(code), f"专业{code}", 9, 6000, 9000, 70000)
            for one in supplies
            for code in range(35)
        ],
    )


def test_a_province_of_150_bases_stays_under_300_kilobytes() -> None:
    text = page.render_page(province(150))
    assert len(text.encode()) < 300_000
    assert text.count("某某市第149人民医院") == 2
    assert "其他（385）" in text
    assert "<script" not in text


def test_the_same_figures_give_the_same_files() -> None:
    report = province(3)
    assert page.render_page(report) == page.render_page(report)
    assert workbook.render_workbook(report) == workbook.render_workbook(report)


def test_a_first_report_says_nothing_of_changes() -> None:
    report = province(3)
    first = replace(
        report, head=replace(report.head, since=None), figures=[Figure("submitted", "提交", 98000)]
    )
    assert "相比" not in page.render_page(first)
    assert '<span class="change">' not in page.render_page(first)
    assert '<span class="change">+1000</span>' in page.render_page(report)
    assert "与 2026-06-19 的日报相比" in page.render_page(report)


def test_without_a_year_before_it_says_so() -> None:
    report = province(3)
    assert '<td>合计</td><td class="n">98000</td><td class="n">90000</td>' in page.render_page(report)
    reason = "库中没有 2025 年的批次，不能比较。"
    told = page.render_page(replace(report, pace=Pace(2025, None, None, None, reason, []), batches=[]))
    assert f'<p class="note">{reason}</p></section>' in told.replace("\n", "")
    assert "进行中的批次" not in told


def test_half_a_hundredth_of_a_mean_goes_up() -> None:
    """As totals do, and as Excel has it."""
    one = Cutoff("1", "甲", "0100", "内科", 2, 8500, 8501, 17001)
    (row,) = sections.lines_by_place(replace(province(3), cutoffs=[one])).rows
    assert row[-4:] == (2, 8500, 8501, 8501)


def test_before_publication_the_page_says_that_it_is_silent() -> None:
    hidden = replace(province(3), placed=[], cutoffs=[])
    assert "录取结果在公示前不在本报告中显示" in page.render_page(hidden)
    assert 'id="cutoffs"' not in page.render_page(hidden)


def test_how_many_anomalies_and_of_how_many_they_speak() -> None:
    open_ = Anomaly("objections", "公示异议未办结", True, "HN2026", 2, "2 件异议未办结")
    late = Anomaly("overdue", "审核逾期", False, "4101001", 1, "等了 9 天")
    report = replace(province(1), anomalies=[open_, late])
    assert sections.anomalies(report).note == "公示异议未办结 1 项（数量 2），审核逾期 1 项。"
