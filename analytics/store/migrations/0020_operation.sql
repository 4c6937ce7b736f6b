-- What the store itself insists on in a plan of an operation; its texts are in `product`, version by version.
CREATE TABLE operation_plan (
    product_id INTEGER NOT NULL, version INTEGER NOT NULL,
    decision_id INTEGER NOT NULL,        -- the adopted proposal it carries out
    victims_protection VARCHAR NOT NULL CHECK (length(trim(victims_protection)) > 0),
    option VARCHAR NOT NULL CHECK (option IN ('reactive', 'proactive', 'disruptive')),
    option_reason VARCHAR NOT NULL CHECK (length(trim(option_reason)) > 0),
    PRIMARY KEY (product_id, version)
);
-- What was typed in a meeting and not yet decided, so that a server that stops loses none of it.
CREATE TABLE meeting_draft (
    meeting_id INTEGER NOT NULL, product_id INTEGER NOT NULL, author VARCHAR NOT NULL,
    fields JSON NOT NULL, saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (meeting_id, product_id, author)
);
