"""The fal dialect: what unmodified fal clients say and expect to hear."""
