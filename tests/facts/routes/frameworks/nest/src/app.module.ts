import { Controller, Get, Module } from "@nestjs/common";
import { OrdersController } from "./orders.controller";

@Controller()
export class HealthController {
  @Get("health")
  health() {
    return "ok";
  }
}

@Module({ controllers: [HealthController, OrdersController] })
export class AppModule {}
