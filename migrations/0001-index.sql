-- The index of a store: what its logs and packs say, where it can be found at once.
-- Everything here is derived; deleting the file loses nothing.

CREATE TABLE dataset (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE,
  head_sequence INTEGER NOT NULL,
  head_digest   BLOB NOT NULL
) STRICT;

-- The records of all logs as they were written; json is what digest is taken of.
CREATE TABLE record (
  dataset  INTEGER NOT NULL REFERENCES dataset,
  sequence INTEGER NOT NULL,
  digest   BLOB NOT NULL,
  json     BLOB NOT NULL,
  PRIMARY KEY (dataset, sequence)
) STRICT;

CREATE TABLE version (
  dataset         INTEGER NOT NULL REFERENCES dataset,
  number          INTEGER NOT NULL,
  sequence        INTEGER NOT NULL,
  snapshot        BLOB NOT NULL,
  created_at      INTEGER NOT NULL,
  idempotency_key TEXT,
  PRIMARY KEY (dataset, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX version_time ON version (dataset, created_at, number);
CREATE INDEX version_snapshot ON version (dataset, snapshot, number);
CREATE UNIQUE INDEX version_idempotency_key ON version (dataset, idempotency_key)
  WHERE idempotency_key IS NOT NULL;

-- Where each tag is now; how it got there is in the records.
CREATE TABLE tag (
  dataset  INTEGER NOT NULL REFERENCES dataset,
  name     TEXT NOT NULL,
  number   INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (dataset, name)
) STRICT, WITHOUT ROWID;

-- Ids are never given twice, so that a process may remember which file an id means.
CREATE TABLE pack (
  id    INTEGER PRIMARY KEY AUTOINCREMENT,
  name  TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL
) STRICT;

-- The best copy of each object: of several, the one with the fewest deltas to apply. So the depth
-- falls with every step from a delta to its base, and no chain runs in a circle.
CREATE TABLE object (
  id         INTEGER PRIMARY KEY,
  digest     BLOB NOT NULL UNIQUE,
  kind       INTEGER NOT NULL,
  pack       INTEGER NOT NULL REFERENCES pack,
  offset     INTEGER NOT NULL,
  frames     BLOB NOT NULL,
  base       BLOB,
  depth      INTEGER NOT NULL,
  null_count INTEGER,
  minimum    INTEGER,
  maximum    INTEGER
) STRICT;

CREATE INDEX object_pack ON object (pack);
