import os

import pytest

from gym_anything.errors import MachineError
from gym_anything.machine import folders


def test_two_claims_get_two_folders_and_root_gets_two_uids(tmp_path):
    (first, first_uid), (second, second_uid) = (folders.claim_folder(tmp_path) for _ in range(2))
    assert first != second
    assert (first_uid != second_uid) == (os.getuid() == 0)


def test_the_chosen_folder_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv(folders.RUN_DIR_VARIABLE, str(tmp_path / "here"))
    assert folders.base_folder() == tmp_path / "here"


@pytest.mark.skipif(os.getuid() != 0, reason="gives a folder to another user, which needs root")
def test_a_folder_of_another_user_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv(folders.RUN_DIR_VARIABLE, str(tmp_path))
    os.chown(tmp_path, 64123, 64123)
    with pytest.raises(MachineError, match="another user"):
        folders.base_folder()


def test_the_sweep_removes_the_dead_also_with_forbidding_modes(tmp_path):
    folder, _ = folders.claim_folder(tmp_path)
    (folder / "owner").write_text("1 0")
    (folder / "home" / "locked").mkdir(parents=True)
    (folder / "home" / "locked" / "file").write_text("x")
    (folder / "home" / "locked").chmod(0)
    assert folders.sweep(tmp_path) == [folder]
    assert not folder.exists()


def test_the_sweep_spares_a_folder_that_is_just_being_claimed(tmp_path):
    (tmp_path / "1900000001").mkdir()
    assert folders.sweep(tmp_path) == []


def test_a_recycled_pid_is_not_taken_for_the_owner(tmp_path):
    folder, _ = folders.claim_folder(tmp_path)
    (folder / "owner").write_text(f"{os.getpid()} 12345")
    assert folders.sweep(tmp_path) == [folder]
