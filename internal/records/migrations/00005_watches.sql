-- +goose Up
-- Standing queries as they are now; every state that they ever had stands in watch_revisions.
CREATE TABLE watches (
    id         TEXT PRIMARY KEY,
    revision   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    query      TEXT NOT NULL,
    mode       TEXT NOT NULL,     -- auto, exact, fold
    severity   TEXT NOT NULL,
    enabled    SMALLINT NOT NULL,
    alert      SMALLINT NOT NULL, -- 0: listed and searchable, never alerted
    owner      TEXT NOT NULL,
    note       TEXT NOT NULL,
    reason     TEXT NOT NULL,     -- of this revision, in the words of who made it
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL      -- a login, or "settings"
);

CREATE TABLE watch_revisions (
    id         TEXT NOT NULL REFERENCES watches (id),
    revision   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    query      TEXT NOT NULL,
    mode       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    enabled    SMALLINT NOT NULL,
    alert      SMALLINT NOT NULL,
    owner      TEXT NOT NULL,
    note       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (id, revision)
);

-- What the analyzer last did with an article: which version, by which set of watches.
CREATE TABLE analyses (
    article     TEXT PRIMARY KEY REFERENCES articles (id),
    n           INTEGER NOT NULL,
    set_rev     BIGINT NOT NULL,
    rev         BIGINT NOT NULL,   -- of the event that told of it, 0 where nobody had to hear
    analyzed_at BIGINT NOT NULL
);

-- One row for each version and watch that matched it.
CREATE TABLE mentions (
    article   TEXT NOT NULL REFERENCES articles (id),
    n         INTEGER NOT NULL,
    watch     TEXT NOT NULL,
    watch_rev INTEGER NOT NULL,
    severity  TEXT NOT NULL,
    class     TEXT NOT NULL,
    certain   SMALLINT NOT NULL,
    places    TEXT NOT NULL,     -- JSON
    spans     TEXT NOT NULL,     -- JSON
    why       TEXT NOT NULL,
    not_news  TEXT NOT NULL,     -- of the version
    seen_at   BIGINT NOT NULL,   -- of the version
    day       TEXT NOT NULL,     -- of the article's first_seen, in the office's time
    PRIMARY KEY (article, n, watch)
);
CREATE INDEX mentions_watch_day ON mentions (watch, day);
CREATE INDEX mentions_watch_seen ON mentions (watch, seen_at);
CREATE INDEX mentions_seen ON mentions (seen_at);

-- A reason quotes the text, so it goes with the text.
-- lamro:sqlite
-- +goose StatementBegin
CREATE TRIGGER mentions_go_with_their_article AFTER UPDATE OF deleted_at ON articles
WHEN NEW.deleted_at <> 0
BEGIN
    DELETE FROM mentions WHERE article = NEW.id;
END;
-- +goose StatementEnd
-- lamro:postgres
-- +goose StatementBegin
CREATE FUNCTION mentions_go_with_their_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM mentions WHERE article = NEW.id;
    RETURN NULL;
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER mentions_go_with_their_article AFTER UPDATE OF deleted_at ON articles
    FOR EACH ROW WHEN (NEW.deleted_at <> 0) EXECUTE FUNCTION mentions_go_with_their_article();
-- lamro:both
