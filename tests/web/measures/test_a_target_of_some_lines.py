"""A target that names lines is asked of them, and says so."""

from levelfield_io.agreements_at_hand import parse_agreement, save_agreement


def test_a_scorecard_asks_a_target_of_its_own_lines(home, noor, signed_in):
    body = (
        'partner = "north"\ntitle = "Lines"\nversion = 9\nvalid_from = 2025-01-01\n'
        '[[target]]\nkey = "all"\nmeasure = "offered"\nat_least = 1\nfewest = 1\n'
        '[[target]]\nkey = "some"\nmeasure = "offered"\nat_least = 1\nfewest = 1\nlines = ["Nobody\'s line"]\n'
    )
    assert parse_agreement(body.encode(), "lines").targets[1].lines == ("Nobody's line",)
    save_agreement(home, body.encode(), "lines.toml")
    page = signed_in(noor).get("/partners/north/").content.decode()
    assert "Nobody&#x27;s line" in page and "line=Nobody%27s+line" in page
