"""The set-up: nothing is done twice, what was cut short is redone, and the machine's owner is told before."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from forum.bootstrap import apt, commands, environment, programs, start, steps
from forum.bootstrap.place import HERE, Place, SetUpStopped


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A project's folder with a space in its name and an empty `.venv`."""
    place = Place(tmp_path / "le forum")
    place.environment.mkdir(parents=True)
    return place


@pytest.fixture
def without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make environments without waiting for pip."""
    monkeypatch.setattr(environment, "bring_pip", lambda place: None)


def test_a_finished_step_is_remembered_with_what_it_was_made_from(place: Place) -> None:
    with steps.stamped(place, "packages", "lock one"):
        assert steps.was_interrupted(place, "packages")
    assert steps.is_finished(place, "packages", "lock one")
    assert not steps.is_finished(place, "packages", "lock two")
    assert not steps.was_interrupted(place, "packages")


def test_a_step_cut_short_is_not_finished_even_if_it_was_finished_before(place: Place) -> None:
    with steps.stamped(place, "packages", "lock one"):
        pass
    with pytest.raises(KeyboardInterrupt), steps.stamped(place, "packages", "lock one"):
        raise KeyboardInterrupt
    assert not steps.is_finished(place, "packages", "lock one")
    assert steps.was_interrupted(place, "packages")


@pytest.mark.usefixtures("without_pip")
def test_an_environment_is_made_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    environment.make_environment(place)
    assert place.python.exists()
    capsys.readouterr()
    environment.make_environment(place)
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("without_pip")
@pytest.mark.parametrize("step", ["environment", "packages"])
def test_an_environment_left_half_made_is_made_anew(
    place: Place, step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.make_environment(place)
    leftover = place.environment / "lib" / "half-unpacked"
    leftover.touch()
    with pytest.raises(KeyboardInterrupt), steps.stamped(place, step, "anything"):
        raise KeyboardInterrupt
    environment.make_environment(place)
    assert "was not finished: .venv is made anew" in capsys.readouterr().out
    assert not leftover.exists()
    assert place.python.exists()


@pytest.mark.usefixtures("without_pip")
def test_an_environment_that_was_moved_is_made_anew(place: Place, tmp_path: Path) -> None:
    environment.make_environment(place)
    moved = Place(place.root.rename(tmp_path / "elsewhere"))
    environment.make_environment(moved)
    assert str(place.root) not in (moved.environment / "bin" / "activate").read_text()


def installed_locks(place: Place, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let pip only be noted; gives the list of the locks that it was asked to install."""
    installed: list[str] = []

    def note(place: Place, command: list[object], advice: str) -> str:
        installed.append(str(command[-1]))
        return ""

    monkeypatch.setattr(environment, "run", note)
    (place.root / "requirements.lock").write_text("flask==3.1.3\n")
    (place.root / "requirements-test.lock").write_text("flask==3.1.3\npytest==9.0.0\n")
    return installed


def test_packages_are_installed_again_only_when_the_lock_changes(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = installed_locks(place, monkeypatch)
    environment.install_packages(place, for_tests=False)
    environment.install_packages(place, for_tests=False)
    assert installed == ["requirements.lock"]
    (place.root / "requirements.lock").write_text("flask==3.1.4\n")
    environment.install_packages(place, for_tests=False)
    assert installed == ["requirements.lock"] * 2


def test_the_packages_of_the_tests_serve_the_service_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = installed_locks(place, monkeypatch)
    environment.install_packages(place, for_tests=True)
    environment.install_packages(place, for_tests=False)
    assert installed == ["requirements-test.lock"]


def test_the_next_set_up_waits_for_a_command_that_outlived_an_earlier_one(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.run(place, ["sh", "-c", "(sleep 0.4; touch ended) >&- 2>&- &"], "sh is missing")
    with steps.only_one_at_a_time(place):
        assert (place.root / "ended").exists()
    assert "waiting for it to end" in capsys.readouterr().out


def test_the_forum_command_works_from_a_folder_with_a_space(place: Place, without_pip: None) -> None:
    environment.make_environment(place)
    package = place.root / "forum"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "command_line.py").write_text("import sys\ndef main():\n    print(sys.argv[1:])\n    return 7\n")
    environment.write_command(place)
    command = [str(place.environment / "bin" / "forum"), "edition", "list"]
    ended = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (7, "['edition', 'list']\n")


def privilege(answer: tuple[str, ...] | None) -> Callable[[], tuple[str, ...] | None]:
    """A user's right to install."""
    return lambda: answer


@pytest.mark.skipif(sys.platform == "darwin", reason="about apt")
@pytest.mark.parametrize(
    ("right", "announced"), [((), "as root: chromium"), (("sudo", "-n"), "with sudo: chromium"), (None, "inside .venv")]
)
def test_what_is_done_to_the_machine_is_said_before(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    right: tuple[str, ...] | None,
    announced: str,
) -> None:
    said_before: list[str] = []
    monkeypatch.setattr(apt, "has_apt", lambda: True)
    monkeypatch.setattr(apt, "may_install", privilege(right))
    monkeypatch.setattr(apt, "list_libraries", lambda folder: None)
    for name in ("install_with_apt", "unpack_from_apt"):
        monkeypatch.setattr(apt, name, lambda *a, **k: said_before.append(capsys.readouterr().out))
    apt.provide(place, "chromium", ["chromium"], [], "The browser tests need Chromium.")
    assert len(said_before) == 1
    assert "The browser tests need Chromium." in said_before[0]
    assert announced in said_before[0]


@pytest.mark.skipif(sys.platform == "darwin", reason="about apt")
def test_a_system_without_apt_gets_the_names_of_what_is_missing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "has_apt", lambda: False)
    with pytest.raises(SetUpStopped, match=r"install it yourself .*libpango-1\.0-0"):
        apt.provide(place, "pango", programs.PANGO_APT, [], "Pango is missing.")


def test_pango_is_found_by_the_environment_that_runs_these_tests() -> None:
    assert commands.answers([sys.executable, "-c", programs.loading(programs.pango_files())])


def test_a_missing_library_is_noticed() -> None:
    assert not commands.answers([sys.executable, "-c", programs.loading(("libpango-of-the-future.so.9",))])


def test_only_what_is_new_to_the_system_is_unpacked() -> None:
    plan = (
        "Inst libpango-1.0-0 (1.50.12+ds-1 Debian:12.11/oldstable [amd64])\n"
        "Inst openssl [3.0.15-1] (3.0.17-1 Debian:12.11/oldstable [amd64])\n"
        "Inst libc6 (2.36-9+deb12u10 Debian:12.11/oldstable [amd64])\n"
        "Conf libpango-1.0-0 (1.50.12+ds-1 Debian:12.11/oldstable [amd64])\n"
    )
    assert apt.newly_needed(plan) == ["libpango-1.0-0=1.50.12+ds-1"]


def test_a_failed_command_ends_in_a_sentence_with_its_own_words(place: Place) -> None:
    failing = ["sh", "-c", "echo reading; echo 'ERROR: No space left'; echo bye; exit 3"]
    with pytest.raises(SetUpStopped) as stopped:
        commands.run(place, failing, "The disk may be full.")
    assert str(stopped.value).startswith("The disk may be full.\n  It said: ERROR: No space left\n")
    assert "bye" in (place.notes / "last-failure.txt").read_text()


def test_an_expected_failure_is_a_sentence_and_exit_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(place: Place, arguments: list[str]) -> int:
        raise SetUpStopped("There is no network.")

    monkeypatch.setattr(start, "set_up_and_run", stop)
    assert start.main([]) == 1
    assert capsys.readouterr().err == "\nThere is no network.\n"


def test_an_unknown_word_is_wrong_usage(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert start.set_up_and_run(place, ["dance"]) == 2
    assert "Usage:" in capsys.readouterr().err


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert start.main([]) == 1
    assert "This is Python 3.9.2; the service needs 3.11 or newer." in capsys.readouterr().err


def test_a_set_up_with_nothing_to_do_takes_less_than_two_seconds() -> None:
    if not steps.is_finished(HERE, "environment", environment.environment_made_from(HERE)):
        pytest.skip("these tests run in an environment that the set-up did not make")
    started = time.monotonic()
    start.set_up(HERE, for_tests=True)
    assert time.monotonic() - started < 2
