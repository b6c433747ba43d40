-- +goose Up
-- One row per fact about the installation itself, such as which streams exist and the revision
-- of the compiled set of watches.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- Settings files as they were last applied: what a person changed since is never overwritten.
CREATE TABLE applied_settings (
    file       TEXT PRIMARY KEY,
    hash       TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);

-- Named jobs: one worker does one job in one slot of time.
CREATE TABLE jobs (
    name       TEXT NOT NULL,
    slot       BIGINT NOT NULL,
    owner      TEXT NOT NULL,
    claimed_at BIGINT NOT NULL,
    PRIMARY KEY (name, slot)
);
