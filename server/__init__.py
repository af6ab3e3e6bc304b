"""The central server that every laptop reconciles with."""

# as in pyproject.toml, which is not there once the server is installed
RELEASE = "0.1.0"
