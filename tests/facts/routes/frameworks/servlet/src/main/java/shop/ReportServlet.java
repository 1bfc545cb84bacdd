package shop;

import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;

@WebServlet(name = "reports", urlPatterns = {Paths.REPORTS, Paths.REPORTS + "/*"}, loadOnStartup = 1)
public class ReportServlet extends HttpServlet {}
