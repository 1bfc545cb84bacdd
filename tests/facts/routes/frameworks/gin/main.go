package main

import "github.com/gin-gonic/gin"

func answer(c *gin.Context) {}

func orders(group *gin.RouterGroup) {
	group.GET("", answer)
	group.POST("", answer)
	group.GET("/:order", answer)
	lines := group.Group("/:order/lines")
	{
		lines.DELETE("/:line", answer)
	}
}

func router() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.GET("/health", answer)
	api := r.Group("/api")
	orders(api.Group("/orders"))
	api.Handle("PATCH", "/baskets/:basket", answer)
	r.GET("/files/*path", answer)
	return r
}

func main() {
	router().Run(":8080")
}
