package main

import "github.com/labstack/echo/v4"

func answer(c echo.Context) error { return nil }

func router() *echo.Echo {
	e := echo.New()
	e.GET("/health", answer)
	api := e.Group("/api")
	orders := api.Group("/orders")
	orders.GET("", answer)
	orders.POST("", answer)
	orders.PUT("/:order", answer)
	orders.DELETE("/:order/lines/:line", answer)
	e.Match([]string{"GET", "POST"}, "/search", answer)
	return e
}

func main() {
	router().Start(":8080")
}
