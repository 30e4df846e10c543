"""The commands, one module a concern; heavy imports stay inside them so that --help is instant."""
