package shop;

import javax.ws.rs.GET;

public abstract class Listed {
    @GET
    public String list() {
        return "";
    }
}
