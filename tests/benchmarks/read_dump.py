"""How long a dump of 100 MB takes to be read, and how much memory: a script made for each engine, read in its own process.

    python tests/benchmarks/read_dump.py [MEGABYTES]

Prints seconds and the growth of the resident set in MiB.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from toolkit.migrate.dump import read_dump


def mysql(table: int) -> Iterator[str]:
    yield f"CREATE TABLE `t{table}` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `note` text,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n"
    rows = ",".join(f"({row},'it\\'s text; number {row} and (more)',NULL,12.5)" for row in range(12_000))
    yield f"INSERT INTO `t{table}` VALUES {rows};\n"


def sqlserver(table: int) -> Iterator[str]:
    yield f"CREATE TABLE [dbo].[t{table}](\n\t[Id] [int] IDENTITY(1,1) NOT NULL,\n\t[N] [nvarchar](max) NULL\n) ON [PRIMARY]\nGO\n"
    for row in range(12_000):
        values = f"{row}, N'it''s name {row}; x', CAST(N'2020-01-01T00:00:00.000' AS DateTime)"
        yield f"INSERT [dbo].[t{table}] ([Id], [N], [D]) VALUES ({values})\n" + ("GO\n" if row % 100 == 99 else "")


def postgres(table: int) -> Iterator[str]:
    yield f"CREATE TABLE public.t{table} (\n    id integer NOT NULL,\n    n text\n);\nCOPY public.t{table} (id, n) FROM stdin;\n"
    yield "".join(f"{row}\tit's name {row}; ok\t2020-01-01\t\\N\n" for row in range(40_000)) + "\\.\n\n"


def measure(engine: str, path: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with Path(path).open("rb") as stream:
        schema = read_dump(stream, engine=engine)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{engine:10} {time.perf_counter() - start:6.1f} s {grown:6.1f} MiB {len(schema.tables):5} tables {schema.rows:8} rows"
    )


def main(megabytes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for write, encoding in ((mysql, "utf-8"), (postgres, "utf-8"), (sqlserver, "utf-16")):
            path = Path(folder, f"{write.__name__}.sql")
            with path.open("w", encoding=encoding) as stream:
                table = 0
                while stream.tell() < megabytes * 1_000_000:
                    stream.writelines(write(table))
                    table += 1
            process = multiprocessing.get_context("spawn").Process(target=measure, args=(write.__name__, str(path)))
            process.start()
            process.join()
            path.unlink()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
