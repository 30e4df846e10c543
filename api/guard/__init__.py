"""What stands between the network and the routes: keys, rates, sizes, times, headers. Pure ASGI, a module a concern."""
