package shop;

import javax.servlet.http.HttpServlet;

public class ActionServlet extends HttpServlet {}
