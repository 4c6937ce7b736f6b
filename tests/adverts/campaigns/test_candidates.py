"""The compiled candidates against the same step in a query language: what a cluster engine would run
instead."""

import duckdb
import numpy as np
import pyarrow as pa

from analytics.adverts.campaigns.candidates import find_candidates, hash_pair, select_pairs
from analytics.adverts.campaigns.distinct import find_distinct
from analytics.adverts.campaigns.tokens import read_tokens
from analytics.adverts.campaigns.weights import count_pairs

SHINGLES, NEIGHBOURS, LONG, MAXIMUM = 8, 6, 4, 512
# word_pair: a row for each place of a document where a pair of neighbouring words stands; hash is the pair's.
SHOWN = f"""
WITH known AS (SELECT hash, count(*) AS seen FROM word_pair GROUP BY hash HAVING count(*) > 1),
ranked AS (
    SELECT DISTINCT document, hash,
        least(length + 1, greatest(least(length // {LONG}, {MAXIMUM}), {SHINGLES})) AS most,
        -ln(((hash >> 11)::DOUBLE + 0.5) / 9007199254740992) / greatest(log2(documents / seen), 0.25) AS rank
    FROM word_pair JOIN known USING (hash)
)
SELECT document, hash FROM ranked QUALIFY row_number() OVER (PARTITION BY document ORDER BY rank) <= most
"""
NEIGHBOUR = f"""
WITH block AS (
    SELECT document,
        least(255, floor(1 + 8 * log2({{documents}} / count(*) OVER (PARTITION BY hash)))) AS bits,
        first_value(document) OVER pair AS head, lag(document) OVER pair AS before,
        lead(document) OVER pair AS after
    FROM shown WINDOW pair AS (PARTITION BY hash ORDER BY document)
),
vote AS (
    SELECT document, head AS other, bits FROM block WHERE head <> document
    UNION ALL SELECT document, before, bits FROM block WHERE before <> head
    UNION ALL SELECT document, after, bits FROM block WHERE after IS NOT NULL
),
total AS (SELECT document, other, sum(bits) AS votes FROM vote GROUP BY document, other)
SELECT document, other FROM total
QUALIFY row_number() OVER (PARTITION BY document ORDER BY votes DESC, other) <= {NEIGHBOURS}
ORDER BY document, votes DESC, other
"""


def heap_of_tokens(made_heap, seed):
    texts, _ = made_heap(seed, words=50, change=lambda words, rng: words[: rng.randint(20, 50)])
    return find_distinct(read_tokens(texts)).tokens


def by_document(document, value, documents):
    return [set(np.asarray(value)[np.asarray(document) == d].tolist()) for d in range(documents)]


def test_the_pairs_that_a_document_shows_can_be_chosen_by_a_query(made_heap):
    tokens = heap_of_tokens(made_heap, 1)
    counts = count_pairs(tokens, np.arange(len(tokens)))
    begin, end = np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344)
    rows = []
    for d in range(len(tokens)):
        words = tokens.word_hash[tokens.word[tokens.start[d] : tokens.start[d + 1]]]
        padded = [begin, *words, end]
        for left, right in zip(padded[:-1], padded[1:], strict=True):
            rows.append(
                {
                    "document": d,
                    "hash": int(hash_pair(left, right)),
                    "length": len(words),
                    "documents": len(tokens),
                }
            )
    columns = pa.schema(
        {"document": pa.int64(), "hash": pa.uint64(), "length": pa.int64(), "documents": pa.int64()}
    )
    with duckdb.connect() as engine:
        engine.register("word_pair", pa.Table.from_pylist(rows, columns))
        chosen = engine.execute(SHOWN).fetchnumpy()
    start, pair = select_pairs(tokens, SHINGLES, counts)
    theirs = by_document(chosen["document"], chosen["hash"], len(tokens))
    ours = by_document(np.repeat(np.arange(len(tokens)), np.diff(start)), pair, len(tokens))
    # The compiled counters are hashed: a collision makes a pair look commoner, and another is shown in its
    # place.
    same = sum(len(a & b) for a, b in zip(ours, theirs, strict=True))
    assert same > 0.97 * sum(map(len, theirs)) > 0


def test_blocks_and_votes_are_those_of_a_query(made_heap):
    for seed in range(3):
        tokens = heap_of_tokens(made_heap, seed)
        start, pair = select_pairs(tokens, SHINGLES, count_pairs(tokens, np.arange(len(tokens))))
        shown = pa.table({"document": np.repeat(np.arange(len(tokens)), np.diff(start)), "hash": pair})
        with duckdb.connect() as engine:
            engine.register("shown", shown)
            voted = engine.execute(NEIGHBOUR.format(documents=len(tokens))).fetchall()
        found = find_candidates(tokens, SHINGLES, NEIGHBOURS).neighbour
        for d, row in enumerate(found):
            assert [other for document, other in voted if document == d] == [j for j in row if j >= 0]
