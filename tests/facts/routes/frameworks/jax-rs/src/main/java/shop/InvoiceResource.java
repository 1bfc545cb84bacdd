package shop;

import javax.ws.rs.GET;

public class InvoiceResource {
    @GET
    public String show() {
        return "";
    }
}
