"""DuckDB with its extension for HTTP, which comes as a package and not from DuckDB's own server."""

import pathlib

import duckdb
import duckdb_extension_httpfs


def connect():
    folder = pathlib.Path(duckdb_extension_httpfs.__file__).parent
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute(f"LOAD '{next(folder.rglob('*.duckdb_extension'))}'")
    connection.execute("SET TimeZone = 'UTC'")
    return connection
