"""The edges: HTTP, command line, widget. The only place that reads settings and wires the rest."""
