"""Two processes that meet at an empty home agree on one secret."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from levelfield_io.store import Store, write_first


def test_the_first_of_two_writers_counts(tmp_path):
    path = tmp_path / "pseudonym.key"
    write_first(path, b"first")
    write_first(path, b"second")
    assert path.read_bytes() == b"first"
    assert [p.name for p in tmp_path.iterdir()] == ["pseudonym.key"]


def test_all_readers_of_a_new_home_read_the_same_secret(tmp_path):
    for number in range(20):
        store = Store(tmp_path / str(number))
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(lambda _, s=store: s.key, range(8)))) == 1
