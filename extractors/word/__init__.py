"""Word documents (.docx, and .doc and .rtf by way of LibreOffice) become the page model."""
