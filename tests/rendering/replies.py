"""Replies of every shape, for the property tests of the renderers."""

from __future__ import annotations

from hypothesis import strategies as st

from izin.replies import Choice, Reply, ReplyMedia

_piece = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "[b]",
            "[/b]",
            "[b]Syarat[/b]",
            "<b>",
            "&amp;",
            "\n\n",
            "\r\n",
            "*",
            "_",
            "👨‍👩‍👧‍👦",
            "\u202e",
            "\x00",
        ]
    ),
    st.text(alphabet="abc <&>\n😀", min_size=200, max_size=3000),
)
texts = st.lists(_piece, max_size=6).map("".join)
_titles = st.one_of(st.text(max_size=90), st.sampled_from(["Biaya", "biaya", "Syarat", "😀" * 30]))
_choices = st.builds(
    Choice,
    title=_titles,
    intent=st.just("tanya_biaya"),
    description=st.one_of(st.none(), st.text(max_size=120)),
    url=st.one_of(
        st.none(),
        st.none(),
        st.sampled_from(["https://oss.go.id/", "bukan alamat", "javascript:1"]),
    ),
)
_media = st.one_of(
    st.builds(
        ReplyMedia,
        kind=st.sampled_from(["photo", "document"]),
        media_id=st.just("berkas-1"),
        title=st.one_of(st.none(), st.text(max_size=1500)),
    ),
    st.builds(
        ReplyMedia,
        kind=st.just("location"),
        location=st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
        title=st.one_of(st.none(), st.text(max_size=40)),
    ),
)
replies = st.builds(
    Reply,
    text=texts,
    choices=st.one_of(
        st.lists(_choices, max_size=4), st.lists(_choices, min_size=9, max_size=30)
    ).map(tuple),
    media=st.lists(_media, max_size=3).map(tuple),
    ask_contact=st.booleans(),
    silent=st.sampled_from([False, False, False, True]),
)


def ids(reply: Reply) -> list[str]:
    """Give one opaque id for each choice."""
    return [f"c{number:030d}" for number in range(len(reply.choices))]
