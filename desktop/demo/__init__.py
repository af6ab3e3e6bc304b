"""The demo: a server with a sample organisation, two desktops, and a story that plays itself without a screen."""
