-- +goose Up
-- What was alerted: one row for one article and one watch, whatever happens twice. A copy, the
-- same text under another article, alerts no watch again.
CREATE TABLE alerts (
    id              BIGINT PRIMARY KEY,
    head            BIGINT NOT NULL,            -- the alert that people see it under; its own id for a head
    article         TEXT NOT NULL,
    n               INTEGER NOT NULL,
    watch           TEXT NOT NULL,
    watch_rev       INTEGER NOT NULL,
    body_hash       TEXT NOT NULL,
    severity        TEXT NOT NULL,
    rank            SMALLINT NOT NULL,          -- of the severity, 4 is critical
    class           TEXT NOT NULL,
    source          TEXT NOT NULL,
    route           TEXT NOT NULL,              -- that decided who hears, '' when none matched
    places          TEXT NOT NULL,              -- JSON
    spans           TEXT NOT NULL,              -- JSON
    why             TEXT NOT NULL,
    seen_at         BIGINT NOT NULL,            -- when the version was seen
    created_at      BIGINT NOT NULL,
    acknowledged_by BIGINT NOT NULL DEFAULT 0,
    acknowledged_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (article, watch)
);
CREATE UNIQUE INDEX alerts_copies ON alerts (watch, body_hash) WHERE body_hash <> '';
CREATE INDEX alerts_head ON alerts (head);
CREATE INDEX alerts_created ON alerts (created_at);

-- What is to be told to whom by which channel. Person 0 is nobody in particular: a webhook, or
-- an alert whose route reaches nobody.
CREATE TABLE deliveries (
    id            BIGINT PRIMARY KEY,
    alert         BIGINT NOT NULL REFERENCES alerts (id),
    article       TEXT NOT NULL,
    rank          SMALLINT NOT NULL,
    person        BIGINT NOT NULL,
    channel       TEXT NOT NULL,
    state         TEXT NOT NULL,
    bundled_into  BIGINT NOT NULL DEFAULT 0,    -- the delivery whose message carries it
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_at       BIGINT NOT NULL,
    sending_since BIGINT NOT NULL DEFAULT 0,
    handed_at     BIGINT NOT NULL DEFAULT 0,    -- this try may have arrived, from here on
    maybe_repeat  SMALLINT NOT NULL DEFAULT 0,  -- an earlier try may have arrived
    message_id    TEXT NOT NULL,                -- the same for every try
    cause         TEXT NOT NULL DEFAULT '',     -- a code: why it waits, failed or is uncertain
    detail        TEXT NOT NULL DEFAULT '',     -- what the other side said
    created_at    BIGINT NOT NULL,
    sent_at       BIGINT NOT NULL DEFAULT 0,
    UNIQUE (alert, person, channel)
);
CREATE INDEX deliveries_due ON deliveries (channel, rank DESC, next_at) WHERE state = 'pending';
CREATE INDEX deliveries_state ON deliveries (state) WHERE state IN ('sending', 'failed', 'no-recipient');
CREATE INDEX deliveries_article ON deliveries (article, person, channel);

-- Who has seen which alert, by the head of its group.
CREATE TABLE alert_reads (
    person  BIGINT NOT NULL,
    alert   BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (person, alert)
);

-- What matched and was not alerted, with the first reason, so that it can be counted.
CREATE TABLE unalerted (
    article TEXT NOT NULL,
    watch   TEXT NOT NULL,
    reason  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (article, watch)
);
CREATE INDEX unalerted_at ON unalerted (at);
