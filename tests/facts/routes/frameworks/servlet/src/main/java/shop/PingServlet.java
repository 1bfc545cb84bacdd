package shop;

import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;

@WebServlet("/ping")
public class PingServlet extends HttpServlet {}
