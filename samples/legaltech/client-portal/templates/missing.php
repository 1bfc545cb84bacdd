<p>There is nothing at this address.</p>
