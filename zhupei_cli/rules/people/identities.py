"""What the identities mean (指南 二.3 第二步), for whoever has to choose one."""

from collections.abc import Mapping

from zhupei_cli.words.vocabulary import Identity


def definitions(year: int, grad_years: int) -> Mapping[str, str]:
    """Return code → meaning for a batch of `year` with a 择业期 of `grad_years` years."""
    years = "、".join(f"{one}" for one in range(year - grad_years + 1, year + 1))
    return {
        Identity.OWN: f"{year} 年度由培训基地招聘、将从事临床医疗工作、专业符合报名条件的在职人员",
        Identity.SOCIAL: f"原则上在择业期内（{years} 年毕业）、将从事临床医疗工作的"
        "医学类全日制本科及以上毕业生，全国均可报名",
        Identity.ENTRUSTED: "各级医疗卫生单位招聘、将从事临床医疗工作，"
        "由单位委托到培训基地参加培训的在职人员",
        Identity.POSTGRAD: "正在高校攻读专业型硕士学位、在培训基地参加培训的研究生（四证合一）",
    }
