"""blueprints/dependencies: every entry is well formed, cited, and said once."""

import re
from collections import Counter

import pytest

from toolkit.catalog import dependencies
from toolkit.catalog.catalog import Catalog
from toolkit.catalog.dependencies import DependencyTables
from toolkit.catalog.load import BlueprintFolder


@pytest.fixture(scope="module")
def tables() -> DependencyTables:
    return dependencies.load(BlueprintFolder())


def test_each_library_has_one_engine(tables: DependencyTables) -> None:
    names = Counter(
        (ecosystem, name.lower())
        for driver in tables.drivers.drivers
        for ecosystem, libraries in driver.libraries.items()
        for name in libraries
    )
    assert [name for name, count in names.items() if count > 1] == []
    assert all(driver.confidence <= 1 for driver in tables.drivers.drivers)


def test_python_names_are_normalised(tables: DependencyTables) -> None:
    names = [name for (ecosystem, name) in (*tables.engines, *tables.native_libraries) if ecosystem == "pypi"]
    assert [name for name in names if name != re.sub(r"[-_.]+", "-", name).lower()] == []


def test_native_libraries_name_debian_packages_and_sources(tables: DependencyTables) -> None:
    for library in tables.native.libraries:
        packages = (*library.build, *library.runtime, *library.prebuilt_runtime)
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package) for package in packages), library.name
        assert list(library.build) == sorted(library.build), library.name
        assert all(source.startswith(("https://", "http://")) for source in library.sources) and library.sources
        assert packages or library.versions, f"{library.name} says nothing"


def test_ranges_of_one_library_do_not_repeat(tables: DependencyTables) -> None:
    for key, libraries in tables.native_libraries.items():
        ranges = [library.versions for library in libraries]
        assert len(set(ranges)) == len(ranges), key
        assert len(ranges) == 1 or all(ranges), f"{key}: without a range, the others are never read"


# Extensions of PHP that need nothing which the images have not; the last are of versions before 7, or of no Linux.
_ALONE = frozenset(
    {
        "apcu", "bcmath", "calendar", "dba", "exif", "gettext", "igbinary", "mailparse", "mongodb", "msgpack", "mysqli", "pcntl",
        "pcov", "pdo_mysql", "protobuf", "grpc", "redis", "shmop", "sockets", "swoole", "sysvmsg", "sysvsem", "sysvshm",
        "dl_test", "ereg", "interbase", "mssql", "mysql", "oci8", "odbc", "pdo_oci", "pdo_odbc", "recode", "sybase_ct", "wddx",
        "xmlrpc", "zend_test",
    }
)  # fmt: skip


def test_what_each_extension_of_php_needs_is_known(tables: DependencyTables, catalog: Catalog) -> None:
    known = {name.removeprefix("ext-") for ecosystem, name in tables.native_libraries if ecosystem == "composer"}
    extensions = catalog.stack["php"].extensions
    assert extensions is not None
    assert {*extensions.source, *extensions.pecl} - known - _ALONE == set()
