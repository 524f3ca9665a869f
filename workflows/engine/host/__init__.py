"""What a node may use while it runs: its context, files, credentials, runners and nested runs."""
