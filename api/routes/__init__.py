"""The HTTP routes, one module a concern; each gives a router over the service and its workers."""
