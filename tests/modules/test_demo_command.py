"""`unisson demo`: made once, kept for the day, made again the next; never a real practice."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta

import pytest

SCRIPT = """
import json, sys
from unisson.site import demo
data = demo.use_demo_folder()
import django
django.setup()
from unisson.patients.models import Patient
made = demo.ensure(data, int(sys.argv[1]), fresh="--fresh" in sys.argv)
from django.db import connection
print(json.dumps({"made": made, "data": str(data), "engine": connection.vendor,
                  "patients": Patient.objects.count()}))
"""


@pytest.fixture
def demo(tmp_path):
    def run(*arguments):
        env = {
            **os.environ,
            "UNISSON_DATA": str(tmp_path),
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/real",
            "DJANGO_SETTINGS_MODULE": "unisson.site.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, *arguments],
            env=env, capture_output=True, text=True, check=True,
        )  # fmt: skip
        said, _, result = done.stdout.strip().rpartition("\n")
        return said, json.loads(result)

    return run


def test_made_once_kept_for_the_day_made_again_the_next(demo, tmp_path):
    said, first = demo("30")
    assert first == {
        "made": True, "data": str(tmp_path / "demo"), "engine": "sqlite", "patients": 30,
    }  # fmt: skip
    assert "30 patients" in said
    said, second = demo("30")
    assert (second["made"], said) == (False, "")

    mark = tmp_path / "demo" / "demo.json"
    kept = json.loads(mark.read_text())
    yesterday = date.fromisoformat(kept["day"]) - timedelta(days=1)
    mark.write_text(json.dumps({**kept, "day": yesterday.isoformat()}))
    said, third = demo("30")
    assert third["made"]
    assert f"datait du {yesterday:%d/%m/%Y}" in said

    said, fourth = demo("31")
    assert (fourth["made"], fourth["patients"]) == (True, 31)
    said, fifth = demo("31", "--fresh")
    assert fifth["made"]
    assert "comme demandé" in said

    mark.unlink()
    said, sixth = demo("31")
    assert sixth["made"]
    assert "pas allée au bout" in said
