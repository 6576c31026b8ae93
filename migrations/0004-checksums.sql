-- Whose index this is, and checksums of all rows, so that nothing is believed that nobody wrote.
--
-- A checksum is a hash of the row's columns, of its table, and of the store's id: a row of another
-- store, or with a flipped bit, is none of this index. What is asked by number is complete when
-- numbers run from 1 to what the dataset's row says; of tags it says how many there are and what
-- their checksums add up to.

CREATE TABLE store (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  name     TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

ALTER TABLE dataset ADD COLUMN versions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dataset ADD COLUMN tags INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dataset ADD COLUMN tag_sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dataset ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE version ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tag ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE object ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;

-- The checksum in the pack's trailer: a file of that name with another one is not what was indexed.
ALTER TABLE pack ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pack ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;

-- Versions are looked for by time and digest in the table itself, whose rows can be checked.
DROP INDEX version_time;
DROP INDEX version_snapshot;
