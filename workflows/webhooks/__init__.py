"""What is sent to webhooks when a run has ended, and how it is delivered."""
