"""Mails, and the attachments and pasted forms in them."""
