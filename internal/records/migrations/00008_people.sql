-- +goose Up
-- The people of the office. A row is never deleted: audit entries and alerts name its id.
-- sessions_epoch is raised when the password changes or the person is disabled; a session that
-- was opened under an older number is over.
CREATE TABLE people (
    id                  BIGINT PRIMARY KEY,
    login               TEXT NOT NULL UNIQUE,
    name                TEXT NOT NULL,
    email               TEXT NOT NULL,
    language            TEXT NOT NULL,
    password            TEXT NOT NULL,
    must_change         SMALLINT NOT NULL,
    sessions_epoch      BIGINT NOT NULL,
    created_at          BIGINT NOT NULL,
    password_changed_at BIGINT NOT NULL,
    signed_in_at        BIGINT NOT NULL,
    disabled_at         BIGINT NOT NULL
);

CREATE TABLE person_roles (
    person BIGINT NOT NULL REFERENCES people (id),
    role   TEXT NOT NULL,
    PRIMARY KEY (person, role)
);
CREATE INDEX person_roles_role ON person_roles (role);

-- Web sessions by the SHA-256 of their token, so that a copy of this table opens none.
CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    data       TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);
