-- +goose Up
-- y and i count as one letter where they spell one sound.
ALTER TABLE watches ADD COLUMN iy SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE watch_revisions ADD COLUMN iy SMALLINT NOT NULL DEFAULT 0;

-- The revision of the set since which a watch asks what it asks: what an older set decided must
-- be decided again. 0 is a watch that was there before anybody counted.
ALTER TABLE watches ADD COLUMN query_set BIGINT NOT NULL DEFAULT 0;
CREATE INDEX watches_query_set ON watches (query_set) WHERE enabled = 1;

-- The lane of the event that told of an analysis.
ALTER TABLE analyses ADD COLUMN lane TEXT NOT NULL DEFAULT 'live';

-- Versions that were analyzed and are not the newest analyzed one, so that a message that comes
-- late is told from one that was never handled.
CREATE TABLE past_analyses (
    article     TEXT NOT NULL REFERENCES articles (id),
    n           INTEGER NOT NULL,
    set_rev     BIGINT NOT NULL,
    analyzed_at BIGINT NOT NULL,
    PRIMARY KEY (article, n)
);
INSERT INTO past_analyses (article, n, set_rev, analyzed_at)
    SELECT DISTINCT m.article, m.n, 0, y.analyzed_at FROM mentions m JOIN analyses y ON y.article = m.article WHERE m.n < y.n;

-- The one job that applies changed watches to what is stored, from the newest article to the oldest.
CREATE TABLE backfill (
    id         SMALLINT PRIMARY KEY,      -- always 1
    done_set   BIGINT NOT NULL,           -- this set, or a newer one, decided about everything in the window
    goal       BIGINT NOT NULL,           -- what done_set will be after the pass that runs; equal while none does
    since      BIGINT NOT NULL,           -- of the pass: articles first seen before are too old
    at_seen    BIGINT NOT NULL,           -- the article that it looked at last
    at_article TEXT NOT NULL,
    articles   INTEGER NOT NULL,          -- that it has to look at
    looked     INTEGER NOT NULL,          -- that it looked at
    changed    INTEGER NOT NULL,          -- whose mentions became others
    failed     INTEGER NOT NULL,          -- that could not be read or matched, and stay as they were
    started_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
