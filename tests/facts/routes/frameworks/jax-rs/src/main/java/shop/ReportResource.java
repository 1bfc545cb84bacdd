package shop;

public class ReportResource implements Reports {
    @Override
    public String ageing() {
        return "";
    }
}
