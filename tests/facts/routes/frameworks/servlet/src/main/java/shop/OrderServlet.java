package shop;

import javax.servlet.http.HttpServlet;

public class OrderServlet extends HttpServlet {}
