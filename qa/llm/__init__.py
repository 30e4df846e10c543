"""Any OpenAI-compatible language model as a writer, held to the same citations as the extractive one."""
