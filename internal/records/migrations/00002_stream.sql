-- +goose Up
-- What must still reach the streams. A row is written in the transaction that changed something
-- and published afterwards by the relay; published rows stay as long as the streams keep messages,
-- so that a stream that was lost can be filled again.
CREATE TABLE outbox (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    topic         TEXT NOT NULL,               -- name of the stream
    subject       TEXT NOT NULL,
    message       TEXT NOT NULL,               -- message id
    article       TEXT NOT NULL,
    n             BIGINT NOT NULL,             -- version of an article, revision of a mention event
    payload       TEXT NOT NULL,               -- '' where the message is built from the records
    added_at      BIGINT NOT NULL,
    published_at  BIGINT NOT NULL DEFAULT 0,   -- 0 is waiting
    published_seq BIGINT NOT NULL DEFAULT 0,   -- sequence in the stream, 0 is not there
    UNIQUE (topic, message)
);
CREATE INDEX outbox_waiting ON outbox (seq) WHERE published_at = 0;
CREATE INDEX outbox_published ON outbox (published_at);
CREATE INDEX outbox_article ON outbox (article);

-- How often a consumer started on a message that did not end well: written before the work.
CREATE TABLE attempts (
    consumer TEXT NOT NULL,
    message  TEXT NOT NULL,
    n        INTEGER NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (consumer, message)
);
CREATE INDEX attempts_at ON attempts (at);

-- What could not be processed. Ids and causes only: the payload lies in the records.
CREATE TABLE quarantine (
    id       TEXT PRIMARY KEY,
    topic    TEXT NOT NULL,
    consumer TEXT NOT NULL,
    message  TEXT NOT NULL,
    seq      BIGINT NOT NULL,
    article  TEXT NOT NULL,
    n        BIGINT NOT NULL,
    cause    TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    at       BIGINT NOT NULL,
    UNIQUE (consumer, message)
);
CREATE INDEX quarantine_at ON quarantine (at);
CREATE INDEX quarantine_article ON quarantine (article);
