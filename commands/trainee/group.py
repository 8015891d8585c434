"""`zhupei trainee`: people. Each command's module is loaded when it is called."""

import click

from zhupei_cli.shell.lazy import LazyGroup

_HERE = "zhupei_cli.commands.trainee"


@click.group(
    cls=LazyGroup,
    lazy={
        "template": (f"{_HERE}.template:template", "写出报名信息的空白模板"),
        "import": (f"{_HERE}.intake:import_", "从工作簿导入学员和报名"),
        "register": (f"{_HERE}.account:register", "注册学员账号"),
        "password": (f"{_HERE}.account:password", "账号密码：重设、核对"),
        "edit": (f"{_HERE}.profile:edit", "修改基本信息、联系信息、医师资格和照片"),
        "education": (f"{_HERE}.profile:education", "教育经历：添加、列出、删除"),
        "work": (f"{_HERE}.profile:work", "工作经历：添加、列出、删除"),
        "employer": (f"{_HERE}.employer:employer", "单位库：查找、模板、导入"),
        "photo": (f"{_HERE}.photo:photo", "照片：成批导入、导出"),
        "list": (f"{_HERE}.lists:list_", "列出学员"),
        "show": (f"{_HERE}.lists:show_", "查看一个学员的全部信息和还缺的内容"),
        "check": (f"{_HERE}.inquiries:check", "检查学员信息是否齐全、一致"),
        "standing": (f"{_HERE}.inquiries:standing", "一个学员历年的报名、录取、退培和诚信记录"),
        "bar": (f"{_HERE}.bar:bar", "诚信记录：导入、登记、确认、解除"),
        "history": (f"{_HERE}.inquiries:history", "列出对一个学员做过的全部操作"),
        "erase": (f"{_HERE}.erase:erase", "删除一个学员的个人信息"),
    },
)
def trainee() -> None:
    """学员：模板、从工作簿导入、账号、个人信息。"""
