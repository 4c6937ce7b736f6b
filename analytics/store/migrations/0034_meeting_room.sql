-- What the screens of an open meeting share: the proposal on the table, and the chair's notes.
CREATE TABLE meeting_room (
    meeting_id INTEGER PRIMARY KEY,
    product_id INTEGER,                  -- NULL until one is called
    notes VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
-- What each user prefers, such as the size of paper.
CREATE TABLE preference (
    author VARCHAR NOT NULL, name VARCHAR NOT NULL, value VARCHAR NOT NULL,
    PRIMARY KEY (author, name)
);
