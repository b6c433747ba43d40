-- +goose Up
-- What the search index holds of an article. The guard against older revisions lies in the
-- index itself; this is for people and for building it anew, and may lag behind by one crash.
CREATE TABLE index_articles (
    article    TEXT PRIMARY KEY,
    month      TEXT NOT NULL,             -- its index directory
    rev        BIGINT NOT NULL,           -- article.rev as the index has it
    live       SMALLINT NOT NULL,         -- 0: removed
    indexed_at BIGINT NOT NULL DEFAULT 0, -- first found by a search, 0 is never
    changed_at BIGINT NOT NULL            -- this revision
);
CREATE INDEX index_articles_live ON index_articles (month) WHERE live = 1;

-- A month is built anew from these.
CREATE INDEX articles_mentioned ON articles (month, id) WHERE ever_mentioned = 1;
