from fastapi import APIRouter, FastAPI
from orders import router

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
api = APIRouter(prefix="/api")
api.include_router(router, prefix="/orders")
app.include_router(api)


@app.get("/health")
async def health():
    return "ok"


@app.api_route("/echo/{text:path}", methods=["GET", "POST"])
async def echo(text: str):
    return text
