"""Files as such: what kind one is, how it is opened safely, what its tree holds, what LibreOffice makes of it."""
