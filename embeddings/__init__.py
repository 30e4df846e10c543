"""Article -> passages -> vectors -> index (FAISS dense + tantivy lexical), searched together."""
