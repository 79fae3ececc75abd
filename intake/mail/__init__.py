"""Mail in and out: the mailbox that forms come to, and the messages that people get."""
