"""Question -> passages -> answer with citations, or an abstention."""
