-- +goose Up
-- Every address an article was met at. After a deletion the key is kept as its hash only.
CREATE TABLE url_keys (
    key      TEXT PRIMARY KEY,
    rule     INTEGER NOT NULL, -- number of the rule that made the key
    article  TEXT NOT NULL,
    added_at BIGINT NOT NULL
);
CREATE INDEX url_keys_article ON url_keys (article);

CREATE TABLE articles (
    id             TEXT PRIMARY KEY,
    source         TEXT NOT NULL,
    feed           TEXT NOT NULL,
    url            TEXT NOT NULL,
    first_seen     BIGINT NOT NULL,
    month          TEXT NOT NULL,             -- of first_seen in the office's time
    lane           TEXT NOT NULL,
    rev            BIGINT NOT NULL,           -- raised by every change that the index shows
    latest         INTEGER NOT NULL,          -- number of the newest version
    published_at   BIGINT NOT NULL,           -- 0 is unknown
    published_from TEXT NOT NULL,
    ever_mentioned SMALLINT NOT NULL DEFAULT 0,
    deleted_at     BIGINT NOT NULL DEFAULT 0, -- a person took it down
    forgotten_at   BIGINT NOT NULL DEFAULT 0, -- the texts went after the back-test window
    erase_pending  SMALLINT NOT NULL DEFAULT 0 -- files and streams may still hold it
);
CREATE INDEX articles_first_seen ON articles (first_seen, id);
CREATE INDEX articles_unmatched ON articles (first_seen)
    WHERE ever_mentioned = 0 AND deleted_at = 0 AND forgotten_at = 0;
CREATE INDEX articles_erase ON articles (id) WHERE erase_pending = 1;

CREATE TABLE versions (
    article        TEXT NOT NULL REFERENCES articles (id),
    n              INTEGER NOT NULL,
    source         TEXT NOT NULL,
    feed           TEXT NOT NULL,
    url            TEXT NOT NULL,
    title          TEXT NOT NULL,
    lead           TEXT NOT NULL,
    body           TEXT NOT NULL,
    truncated      SMALLINT NOT NULL,
    language       TEXT NOT NULL,
    bytes          BIGINT NOT NULL,           -- of title, lead and body; stays when they go
    version_hash   TEXT NOT NULL,
    version_rule   INTEGER NOT NULL,
    body_hash      TEXT NOT NULL,
    body_rule      INTEGER NOT NULL,
    cause          TEXT NOT NULL,
    extractor      TEXT NOT NULL,
    lane           TEXT NOT NULL,
    not_news       TEXT NOT NULL,
    seen_at        BIGINT NOT NULL,
    published_at   BIGINT NOT NULL,
    published_from TEXT NOT NULL,
    date_clamped   SMALLINT NOT NULL,         -- the page gave a date in the future
    capture        TEXT NOT NULL,
    erased_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (article, n)
);
CREATE INDEX versions_seen ON versions (seen_at);
CREATE INDEX versions_body ON versions (body_hash);

-- Bytes as fetched, one file each; the hash also stands in the audit chain.
CREATE TABLE captures (
    id             TEXT PRIMARY KEY,
    article        TEXT NOT NULL,
    url            TEXT NOT NULL,
    path           TEXT NOT NULL,             -- below the captures directory
    bytes          BIGINT NOT NULL,           -- of the file
    sha256         TEXT NOT NULL,             -- of the file
    payload_digest TEXT NOT NULL,
    status         INTEGER NOT NULL,
    fetched_at     BIGINT NOT NULL,
    sealed_at      BIGINT NOT NULL DEFAULT 0, -- evidence: no retention removes it
    erased_at      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX captures_article ON captures (article);
CREATE INDEX captures_payload ON captures (payload_digest);

-- The same bytes were met again.
CREATE TABLE observations (
    capture TEXT NOT NULL REFERENCES captures (id),
    at      BIGINT NOT NULL,
    PRIMARY KEY (capture, at)
);

-- Who did what, each row bound to the one before it.
CREATE TABLE audit (
    seq     BIGINT PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail  TEXT NOT NULL,
    prev    TEXT NOT NULL,
    hash    TEXT NOT NULL
);
CREATE INDEX audit_subject ON audit (subject);

-- lamro:sqlite
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- A replacing insert would delete without firing the trigger above.
-- +goose StatementBegin
CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.seq <> COALESCE((SELECT MAX(seq) FROM audit), 0) + 1
BEGIN
    SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
-- +goose StatementEnd
-- lamro:postgres
-- +goose StatementBegin
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.seq = COALESCE((SELECT MAX(seq) FROM audit), 0) + 1 THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only';
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_in_order BEFORE INSERT OR UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_never_empty BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
-- lamro:both
