"""Articles: what they are, the formats they come in, where they are kept."""
