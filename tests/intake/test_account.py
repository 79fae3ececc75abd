"""The service account is made once, however many processes start at the same moment on a new machine."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from intake.embedded import account
from intake.errors import HouseError


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts")
def test_many_that_start_at_once_share_one_account(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"mappa-test-{os.getpid()}"
    monkeypatch.setattr(account, "ACCOUNT", name)
    try:
        with ThreadPoolExecutor(6) as pool:
            made = list(pool.map(lambda _: account.Account().uid, range(6)))
    finally:
        subprocess.run(["userdel", name], check=True, capture_output=True)
    assert len(set(made)) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts")
def test_an_account_that_cannot_be_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "ACCOUNT", "not a:name")
    with pytest.raises(HouseError, match="start as an ordinary user"):
        account.Account()
