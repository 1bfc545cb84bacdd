package shop;

final class Paths {
    static final String REPORTS = "/reports";

    private Paths() {}
}
