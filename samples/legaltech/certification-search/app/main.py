"""Search of certificates by holder, tax number or serial number."""

import logging
import os

from fastapi import FastAPI, HTTPException, Query

from app.certificates import Certificate, read_certificates

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "info").upper())
app = FastAPI(title="Buscador de certificados")
certificates = read_certificates(os.environ.get("CERTIFICATES_CSV", "data/certificates.csv"))
limit = int(os.environ.get("MAX_RESULTS", "50"))


@app.get("/health")
def health() -> dict[str, int]:
    return {"certificates": len(certificates)}


@app.get("/certificates")
def search(q: str = Query(min_length=2, max_length=80), only_valid: bool = False) -> list[Certificate]:
    wanted = q.casefold()
    found = (one for one in certificates.values() if wanted in one.searchable and (one.valid or not only_valid))
    return sorted(found, key=lambda one: (one.holder, one.serial))[:limit]


@app.get("/certificates/{serial}")
def certificate(serial: str) -> Certificate:
    if serial not in certificates:
        raise HTTPException(404, "no certificate has this serial number")
    return certificates[serial]
