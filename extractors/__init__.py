"""What a file says: field values with evidence. Pure: bytes in, models out; no database, queue, web, clock or environment."""
