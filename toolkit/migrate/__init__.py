"""Taking a database over: what a schema dump holds, what AWS DMS makes of it, and the scripts on both sides."""
