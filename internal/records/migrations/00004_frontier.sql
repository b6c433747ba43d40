-- +goose Up
-- Outlets and sites to visit. Each change is a revision; what a person changed is never
-- overwritten by settings. The lower columns are what the crawler found out.
CREATE TABLE sources (
    id              TEXT PRIMARY KEY,
    rev             BIGINT NOT NULL,
    name            TEXT NOT NULL,
    home_url        TEXT NOT NULL,
    host            TEXT NOT NULL,
    class           TEXT NOT NULL,
    tier            INTEGER NOT NULL,
    grade           TEXT NOT NULL,
    place           TEXT NOT NULL,
    pace_ms         BIGINT NOT NULL,
    language        TEXT NOT NULL,
    enabled         SMALLINT NOT NULL,
    allow_private   SMALLINT NOT NULL,
    changed_by      TEXT NOT NULL, -- 'settings' or a login
    changed_at      BIGINT NOT NULL,
    verified        SMALLINT NOT NULL, -- a probe found its feeds working
    probe_at        BIGINT NOT NULL,
    probe_failures  INTEGER NOT NULL DEFAULT 0,
    last_try_at     BIGINT NOT NULL DEFAULT 0,
    last_success_at BIGINT NOT NULL DEFAULT 0,
    last_new_at     BIGINT NOT NULL DEFAULT 0,
    error_code      TEXT NOT NULL DEFAULT '', -- of the last try, '' when it succeeded
    error_text      TEXT NOT NULL DEFAULT '',
    robots          TEXT NOT NULL DEFAULT '', -- the last decision and its rule
    robots_rule     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sources_host ON sources (host);

CREATE TABLE source_revisions (
    source     TEXT NOT NULL REFERENCES sources (id),
    rev        BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    doc        TEXT NOT NULL, -- JSON
    PRIMARY KEY (source, rev)
);

-- Where a source lists what is new.
CREATE TABLE feeds (
    id              TEXT PRIMARY KEY, -- hash of source and address
    source          TEXT NOT NULL REFERENCES sources (id),
    url             TEXT NOT NULL,
    host            TEXT NOT NULL,
    kind            TEXT NOT NULL,
    selectors       TEXT NOT NULL DEFAULT '', -- JSON, '' for none
    enabled         SMALLINT NOT NULL,        -- 0: no longer listed with the source
    found           SMALLINT NOT NULL DEFAULT 0, -- by the crawler, so that no revision takes it away
    next_at         BIGINT NOT NULL,
    polls           BIGINT NOT NULL DEFAULT 0,
    full_polls      BIGINT NOT NULL DEFAULT 0, -- polls since the last without validators
    first_polled_at BIGINT NOT NULL DEFAULT 0,
    last_try_at     BIGINT NOT NULL DEFAULT 0,
    last_success_at BIGINT NOT NULL DEFAULT 0,
    last_new_at     BIGINT NOT NULL DEFAULT 0,
    per_hour        DOUBLE PRECISION NOT NULL DEFAULT 0, -- new items an hour, smoothed
    failures        INTEGER NOT NULL DEFAULT 0,
    error_code      TEXT NOT NULL DEFAULT '',
    error_text      TEXT NOT NULL DEFAULT '',
    etag            TEXT NOT NULL DEFAULT '',
    last_modified   TEXT NOT NULL DEFAULT '',
    validators_url  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX feeds_due ON feeds (host, next_at) WHERE enabled = 1;
CREATE INDEX feeds_source ON feeds (source);

-- One row per host: who visits it, and how politely.
CREATE TABLE hosts (
    host           TEXT PRIMARY KEY,
    owner          TEXT NOT NULL DEFAULT '',
    token          BIGINT NOT NULL DEFAULT 0,
    lease_end      BIGINT NOT NULL DEFAULT 0,
    due_at         BIGINT NOT NULL,           -- when the first piece of its work is due
    ready_at       BIGINT NOT NULL DEFAULT 0, -- when the pace allows the next start
    failures       INTEGER NOT NULL DEFAULT 0,
    last_start_at  BIGINT NOT NULL DEFAULT 0,
    crawl_delay_ms BIGINT NOT NULL DEFAULT 0,
    rest_until     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX hosts_due ON hosts (due_at);

-- The pages that were seen in feeds: the queue, and the memory of what was fetched.
CREATE TABLE pages (
    key             TEXT PRIMARY KEY, -- URL key
    url             TEXT NOT NULL,
    host            TEXT NOT NULL,
    source          TEXT NOT NULL REFERENCES sources (id),
    feed            TEXT NOT NULL,
    state           TEXT NOT NULL, -- pending, done, refused, gone, quarantined, dropped
    lane            TEXT NOT NULL,
    first_poll      SMALLINT NOT NULL,
    title           TEXT NOT NULL,
    item_hash       TEXT NOT NULL, -- of what the feed says about it: another hash means an edit
    published_at    BIGINT NOT NULL,
    published_from  TEXT NOT NULL,
    published_day   SMALLINT NOT NULL,
    first_seen      BIGINT NOT NULL,
    next_at         BIGINT NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0, -- starts since the last success, counted before the work
    visits          INTEGER NOT NULL DEFAULT 0, -- fetches that were archived
    done_at         BIGINT NOT NULL DEFAULT 0,
    article         TEXT NOT NULL DEFAULT '',
    matched         SMALLINT NOT NULL DEFAULT 0, -- a watch matched: it is visited again
    error_code      TEXT NOT NULL DEFAULT '',
    error_text      TEXT NOT NULL DEFAULT '',
    etag            TEXT NOT NULL DEFAULT '',
    last_modified   TEXT NOT NULL DEFAULT '',
    validators_url  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX pages_due ON pages (host, lane, next_at) WHERE state = 'pending';
CREATE INDEX pages_state ON pages (state, source);
CREATE INDEX pages_article ON pages (article) WHERE article <> '';

-- One row per request: feed, page or robots.txt.
CREATE TABLE fetches (
    at       BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    source   TEXT NOT NULL,
    feed     TEXT NOT NULL,
    page     TEXT NOT NULL,
    url      TEXT NOT NULL,
    host     TEXT NOT NULL,
    status   INTEGER NOT NULL,
    robots   TEXT NOT NULL,
    rule     TEXT NOT NULL,
    bytes    BIGINT NOT NULL,
    ms       BIGINT NOT NULL,
    code     TEXT NOT NULL -- of the error, '' for none
);
CREATE INDEX fetches_at ON fetches (at);
CREATE INDEX fetches_source ON fetches (source, at);
