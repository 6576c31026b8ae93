-- What queries computed of versions, which never change, so that a later process that asks again
-- reads what is new alone. Bounded, and safe to delete. digest is that of content, checked before
-- content is believed.

CREATE TABLE aggregate (
  id      INTEGER PRIMARY KEY,
  plan    BLOB NOT NULL UNIQUE,
  content BLOB NOT NULL,
  digest  BLOB NOT NULL
) STRICT;
