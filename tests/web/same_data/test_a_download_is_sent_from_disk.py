"""However large a publication is, the server does not hold its download in memory."""

from __future__ import annotations

import tracemalloc
import zipfile

import pytest

from levelfield_io.exporting import verify
from levelfield_io.store import Store
from levelfield_web.same_data import views

pytestmark = pytest.mark.django_db
MB = 1_000_000


def test_a_large_download_takes_little_memory(noor, signed_in, home, monkeypatch):
    def large(store, partner, id_, folder, currency):
        target = folder / id_
        target.mkdir()
        with (target / "facts.parquet").open("wb") as out:
            for _ in range(60):
                out.write(bytes(MB))
        return target

    monkeypatch.setattr(views, "export", large)
    browser, id_ = signed_in(noor), Store(home).release.current["north"]
    browser.get("/data/")  # what a first page loads is not counted
    tracemalloc.start()
    try:
        packed = browser.get(f"/data/publications/north/{id_}/export.zip")
        sent = sum(len(block) for block in packed.streaming_content)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert int(packed["Content-Length"]) == sent > 60 * MB
    assert packed["Content-Disposition"] == f'attachment; filename="{id_}.zip"'
    assert most < 20 * MB


def test_what_is_downloaded_proves_itself(noor, signed_in, home, tmp_path):
    id_ = Store(home).release.current["north"]
    packed = signed_in(noor).get(f"/data/publications/north/{id_}/export.zip")
    path = tmp_path / "export.zip"
    path.write_bytes(b"".join(packed.streaming_content))
    with zipfile.ZipFile(path) as archive:
        assert {m.compress_type for m in archive.infolist()} == {zipfile.ZIP_STORED}
        archive.extractall(tmp_path)
    assert all(check.right for check in verify(tmp_path / id_, tmp_path / "work"))
