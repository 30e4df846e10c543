"""The index in Milvus, for archives that one machine does not hold: docs/scaling.md."""
