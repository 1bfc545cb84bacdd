from fastapi import APIRouter

router = APIRouter()


@router.get("")
async def index():
    return []


@router.post("", status_code=201)
async def create():
    return {}


@router.get("/{order}/lines/{line}")
async def line(order: int, line: int):
    return {}


@router.delete("/{order}")
async def delete(order: int):
    return None
