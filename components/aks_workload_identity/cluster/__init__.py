"""The cluster: its managed cluster, node pools, network, kubeconfig and trust."""
