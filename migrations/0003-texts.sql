-- The object that lies beside a record in its log file: author, message and attributes of a version
-- saved by a program of format 2. NULL for records that hold these themselves.
ALTER TABLE record ADD COLUMN texts BLOB;
