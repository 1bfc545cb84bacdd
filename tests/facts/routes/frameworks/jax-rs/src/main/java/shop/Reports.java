package shop;

import javax.ws.rs.GET;
import javax.ws.rs.Path;

@Path("/reports")
public interface Reports {
    @GET
    @Path("ageing")
    String ageing();
}
