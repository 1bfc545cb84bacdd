"""The certification authority's nightly file."""

import csv
from datetime import date

from pydantic import BaseModel


class Certificate(BaseModel):
    serial: str
    holder: str
    tax_number: str
    kind: str
    expires: date
    revoked: bool

    @property
    def valid(self) -> bool:
        return not self.revoked and self.expires >= date.today()

    @property
    def searchable(self) -> str:
        return f"{self.serial} {self.holder} {self.tax_number}".casefold()


def read_certificates(path: str) -> dict[str, Certificate]:
    with open(path, encoding="utf-8", newline="") as file:
        return {row["serial"]: Certificate.model_validate(row) for row in csv.DictReader(file, delimiter=";")}
