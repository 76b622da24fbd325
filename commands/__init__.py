"""One file a command: its options, its help, and what it prints. Each is imported only when it is called."""
