"""`unisson triage`: one answer a line, in order, whatever a line contains."""

import json
import subprocess
import sys

from unisson.phone.commands import answers

LINES = [
    b'{"id": "a", "text": "il ne respire plus"}\n',
    b"{nonsense\n",
    b'{"id": "b", "text": null}\n',
    b"[1, 2]\n",
    b"\xff\xfe\n",
    b"\n",
    '{"id": 7, "text": "prise de sang à jeun", "age_years": null, "sex": null, "pregnant": null, '
    '"prior_calls_72h": 1}\n'.encode(),
    b'{"id": "c", "text": "fievre", "age_years": "six"}\n',
    b'{"text": "renouvellement"}',
]


def test_each_line_has_its_answer_in_order():
    found = list(answers(LINES))
    assert [line["id"] for line in found] == ["a", None, "b", None, None, 7, "c", None]
    assert [line.get("level") for line in found] == [
        *("E0", None, None, None, None, "E2", None, "E4"),
    ]
    assert all("Ligne" in line["error"] for line in found if "level" not in line)


def test_the_command_goes_on_after_a_bad_line_and_says_so_by_its_exit_code():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from unisson.cli import main; sys.exit(main(['triage']))",
        ],
        input=b"".join(LINES),
        stdout=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()][-1] is None
    assert len(done.stdout.splitlines()) == 8


def test_the_command_starts_without_django():
    code = (
        "import sys; from unisson.cli import main; main(['triage']); print('django' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=b"", stdout=subprocess.PIPE, check=True
    )
    assert done.stdout.strip() == b"False"
