import { Controller, Delete, Get, Patch, Post } from "@nestjs/common";

@Controller("orders")
export class OrdersController {
  @Get()
  list() {
    return [];
  }

  @Post()
  create() {
    return {};
  }

  @Get(":order/lines/:line")
  line() {
    return {};
  }

  @Patch([":order", "by-number/:number"])
  change() {
    return {};
  }

  @Delete(":order")
  remove() {
    return {};
  }
}
