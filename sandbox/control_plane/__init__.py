"""The real control plane of a sandbox cluster: etcd, the API server, the controllers and the webhook."""
