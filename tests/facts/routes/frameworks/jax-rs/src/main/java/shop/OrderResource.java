package shop;

import javax.ws.rs.DELETE;
import javax.ws.rs.GET;
import javax.ws.rs.POST;
import javax.ws.rs.PUT;
import javax.ws.rs.Path;
import javax.ws.rs.PathParam;

@Path(OrderResource.ORDERS)
public class OrderResource extends Listed {
    static final String ORDERS = "orders";

    @POST
    public String add() {
        return "";
    }

    @GET
    @Path("{order: [0-9]+}")
    public String show(@PathParam("order") long order) {
        return "";
    }

    @PUT
    @Path("/{order}/lines/{line}")
    public String change() {
        return "";
    }

    @DELETE
    @Path(ORDERS + "-old")
    public void clean() {}

    @Path("{order}/invoice")
    public InvoiceResource invoice() {
        return new InvoiceResource();
    }
}
