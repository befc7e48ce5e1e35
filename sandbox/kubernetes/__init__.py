"""The API server of every cluster in the sandbox's Azure: objects in a store, without controllers or nodes."""
