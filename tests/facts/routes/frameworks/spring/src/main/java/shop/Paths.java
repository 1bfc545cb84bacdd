package shop;

public final class Paths {
    public static final String API = "/api";
    public static final String ORDERS = API + "/orders";

    private Paths() {}
}
