"""Apps that are to end do so in time, and one that will not is ended."""

import subprocess
import sys

from analytics.training.exercise.classroom import end_apps

_WAITS = "import sys, time; print(flush=True); time.sleep(60)"
_WILL_NOT = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + _WAITS


def test_all_have_ended_with_the_one_that_would_not():
    apps = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) for code in (_WAITS, _WILL_NOT)
    ]
    for app in apps:
        app.stdout.readline()  # it runs
    end_apps(apps, seconds=0.5)
    assert [app.returncode for app in apps] == [-15, -9]
    for app in apps:
        app.stdout.close()
